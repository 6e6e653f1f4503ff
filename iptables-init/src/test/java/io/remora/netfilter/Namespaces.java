package io.remora.netfilter;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A pod and the world beyond its link, for one test. */
final class Namespaces implements AutoCloseable {

    private @Nullable TestNamespace world;
    private @Nullable TestNamespace pod;

    void start() {
        KernelTests.require();
        world = TestNamespace.create();
        pod = TestNamespace.podOf(world);
    }

    TestNamespace pod() {
        return Objects.requireNonNull(pod);
    }

    TestNamespace world() {
        return Objects.requireNonNull(world);
    }

    @Override
    public void close() {
        if (pod != null) {
            pod.close();
        }
        if (world != null) {
            world.close();
        }
    }
}
