/** The numbers that the papers print. */
package dev.twofold.pipelines.paper;
