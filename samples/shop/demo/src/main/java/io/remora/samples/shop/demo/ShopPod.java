package io.remora.samples.shop.demo;

import io.remora.lab.Pod;
import io.remora.lab.process.LabProcess;
import io.remora.lab.process.ProcessSpec;

/** A pod of the shop, its program, and what the API server is told of it. Thread-safe. */
final class ShopPod {
    private final Pod pod;
    private final ProcessSpec spec;
    private final String servingLine;
    private volatile LabProcess process;

    ShopPod(Pod pod, ProcessSpec spec, String servingLine) {
        this.pod = pod;
        this.spec = spec;
        this.servingLine = servingLine;
        this.process = pod.start(spec);
    }

    String name() {
        return pod.name();
    }

    Pod pod() {
        return pod;
    }

    LabProcess process() {
        return process;
    }

    void awaitServing() {
        process.awaitLog(servingLine, Programs.START_TIME);
    }

    /** Starts the program again after its end, as a kubelet does, and returns when it serves. */
    void restart() {
        process = pod.start(spec);
        awaitServing();
    }
}
