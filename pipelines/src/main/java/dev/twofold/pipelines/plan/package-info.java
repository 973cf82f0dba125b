/** What a configuration comes to: every stage, unit and trial with its key, and what is reused. */
package dev.twofold.pipelines.plan;
