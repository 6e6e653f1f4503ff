package io.remora.simulation;

/** Writes shapes of an SVG picture. */
final class Svg {

    private final StringBuilder text = new StringBuilder();

    Svg(int width, int height, String title) {
        text.append("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" "
                .formatted(width, height, width, height));
        text.append("font-family=\"sans-serif\" font-size=\"12\" role=\"img\">\n");
        text.append("<title>").append(title).append("</title>\n");
        rectangle(0, 0, width, height, "#ffffff");
    }

    void rectangle(double x, double y, double width, double height, String fill) {
        text.append("<rect x=\"" + at(x) + "\" y=\"" + at(y) + "\" width=\"" + at(width) + "\" height=\"" + at(height)
                + "\" fill=\"" + fill + "\"/>\n");
    }

    void line(double x1, double y1, double x2, double y2, String stroke) {
        text.append("<line x1=\"" + at(x1) + "\" y1=\"" + at(y1) + "\" x2=\"" + at(x2) + "\" y2=\"" + at(y2)
                + "\" stroke=\"" + stroke + "\"/>\n");
    }

    /** @param points pairs of x and y */
    void path(double[] points, String stroke, String dashes) {
        text.append("<polyline fill=\"none\" stroke=\"" + stroke + "\" stroke-width=\"2\"");
        if (!dashes.isEmpty()) {
            text.append(" stroke-dasharray=\"" + dashes + "\"");
        }
        text.append(" points=\"");
        for (int i = 0; i < points.length; i += 2) {
            text.append(i == 0 ? "" : " ").append(at(points[i])).append(',').append(at(points[i + 1]));
        }
        text.append("\"/>\n");
    }

    /** @param anchor {@code start}, {@code middle} or {@code end} */
    void text(double x, double y, String anchor, String content) {
        text.append("<text x=\"" + at(x) + "\" y=\"" + at(y) + "\" text-anchor=\"" + anchor + "\" fill=\"#222222\">"
                + content + "</text>\n");
    }

    private static String at(double value) {
        return Figures.fixed(value, 1);
    }

    String done() {
        return text + "</svg>\n";
    }
}
