package io.remora.lab.api;

/** kube-apiserver and etcd. */
class RealControlPlaneIT extends ControlPlaneContract {

    @Override
    ControlPlane launch() {
        return RealControlPlane.launch(RealPrograms.required(), ControlPlaneSite.local());
    }
}
