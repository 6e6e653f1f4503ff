package io.remora.grpc;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.Collection;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** What came of a stream. */
final class Received implements StreamObserver<String> {

    final Collection<String> values = new ConcurrentLinkedQueue<>();
    volatile boolean done;
    volatile @Nullable Status failure;

    @Override
    public void onNext(String value) {
        values.add(value);
    }

    @Override
    public void onError(Throwable problem) {
        failure = Status.fromThrowable(problem);
        done = true;
    }

    @Override
    public void onCompleted() {
        done = true;
    }
}
