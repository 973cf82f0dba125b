/** The projection of event logs to MLflow. The log is the truth: see docs/events.md. */
package dev.twofold.tracking;
