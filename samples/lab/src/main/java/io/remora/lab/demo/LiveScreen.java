package io.remora.lab.demo;

import java.io.PrintStream;
import java.util.List;

/** A terminal in which the frame is drawn again and again at the same place. Thread-safe. */
final class LiveScreen implements Screen {
    private static final String HIDE_CURSOR = "\u001b[?25l";
    private static final String SHOW_CURSOR = "\u001b[?25h";
    private static final String CLEAR_LINE = "\u001b[K";
    private static final String CLEAR_BELOW = "\u001b[J";

    private final PrintStream out;
    private final Style style;
    private int drawn;
    private boolean finished;

    LiveScreen(PrintStream out, Style style) {
        this.out = out;
        this.style = style;
        out.print(HIDE_CURSOR);
    }

    @Override
    public void say(View view, String text) {
        tick(view);
    }

    @Override
    public synchronized void tick(View view) {
        if (!finished) {
            List<String> lines = Frame.of(view, style);
            // What is taller than the terminal cannot be drawn over; the newest is at the bottom.
            draw(lines.subList(Math.max(0, lines.size() - style.rows() + 1), lines.size()));
        }
    }

    @Override
    public synchronized void finish(View view) {
        if (!finished) {
            draw(Frame.of(view, style));
            out.print(SHOW_CURSOR);
            out.flush();
            finished = true;
        }
    }

    /** Gives the terminal back when the program ends early. */
    synchronized void restore() {
        if (!finished) {
            out.print(SHOW_CURSOR);
            out.flush();
            finished = true;
        }
    }

    private void draw(List<String> lines) {
        StringBuilder text = new StringBuilder();
        if (drawn > 0) {
            text.append("\u001b[").append(drawn).append('A');
        }
        for (String line : lines) {
            text.append('\r').append(line).append(CLEAR_LINE).append('\n');
        }
        text.append(CLEAR_BELOW);
        out.print(text);
        out.flush();
        drawn = lines.size();
    }
}
