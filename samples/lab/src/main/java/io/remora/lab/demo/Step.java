package io.remora.lab.demo;

/** The steps of the demo, in their order. */
enum Step {
    SPREAD(1, "Requests are spread evenly over the pods"),
    KILL(2, "A pod is killed under load: no new connection fails"),
    ADD(3, "A pod is added and used within a second"),
    OUTAGE(4, "The API server is stopped: traffic goes on"),
    REFUSE(5, "A Service without endpoints answers at once");

    private final int number;
    private final String title;

    Step(int number, String title) {
        this.number = number;
        this.title = title;
    }

    int number() {
        return number;
    }

    String title() {
        return title;
    }
}
