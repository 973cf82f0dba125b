/** What a {@code conf/*.yaml} says: read with the place of every key, checked, and written back. */
package dev.twofold.pipelines.configuration;
