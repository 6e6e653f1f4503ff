package io.remora.lab.api;

/** The embedded API server as a process. */
class EmbeddedProcessControlPlaneIT extends ControlPlaneContract {

    @Override
    ControlPlane launch() {
        return EmbeddedProcessControlPlane.launch(ControlPlaneSite.local());
    }
}
