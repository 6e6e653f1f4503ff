package io.remora.check;

/** One question. Stateless. */
interface Check {

    /** For people and scripts: words with hyphens; docs/check.md has a section of this name. */
    String name();

    /** Looks, and notes at least one finding. */
    void run(Findings findings);
}
