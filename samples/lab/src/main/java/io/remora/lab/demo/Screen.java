package io.remora.lab.demo;

/** Where the demo is watched. Thread-safe. */
interface Screen {
    /** Something happened. */
    void say(View view, String text);

    /** Time has passed. */
    void tick(View view);

    /** The last state; the screen is not drawn on afterwards. */
    void finish(View view);
}
