package io.remora.lab.api;

/** The embedded API server inside of this JVM. */
class EmbeddedControlPlaneTest extends ControlPlaneContract {

    @Override
    ControlPlane launch() {
        return EmbeddedControlPlane.launch();
    }
}
