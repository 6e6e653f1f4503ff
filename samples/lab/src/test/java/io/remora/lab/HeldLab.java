package io.remora.lab;

import io.remora.lab.app.Apps;
import io.remora.lab.process.LabProcess;
import java.time.Duration;

/** Starts a lab and keeps it until it is killed: the victim of {@link LabLifecycleIT}. */
final class HeldLab {
    private HeldLab() {}

    public static void main(String[] arguments) throws InterruptedException {
        try (Lab lab = Lab.start()) {
            Pod pod = lab.addPod("held", "node-a");
            LabProcess server = pod.start(Apps.app("serve", "--http", "80").asUser(1337, 1337));
            server.awaitLog("^serving$", Duration.ofSeconds(20));
            lab.root().forward(pod.ip(), 80);
            pod.pause();
            if (arguments.length > 0 && arguments[0].equals("control-plane")) {
                lab.controlPlane();
            }
            System.out.println("directory " + lab.directory());
            if (arguments.length > 0 && arguments[0].equals("fail")) {
                throw new IllegalStateException("as asked");
            }
            Thread.sleep(Duration.ofMinutes(2).toMillis());
        }
    }
}
