package io.remora.grpc;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ConnectivityState;
import io.grpc.ConnectivityStateInfo;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer;
import io.grpc.LoadBalancer.CreateSubchannelArgs;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.LoadBalancer.SubchannelPicker;
import io.grpc.LoadBalancer.SubchannelStateListener;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/** A channel whose connections do what a test says. */
final class FakeHelper extends LoadBalancer.Helper implements AutoCloseable {

    final List<FakeSubchannel> subchannels = new ArrayList<>();
    final List<Throwable> problems = new ArrayList<>();

    @Nullable
    ConnectivityState state;

    private @Nullable SubchannelPicker picker;
    private final SynchronizationContext context =
            new SynchronizationContext((thread, problem) -> problems.add(problem));
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

    /** What becomes of a call now. */
    PickResult pick() {
        return pickWith(picker());
    }

    static PickResult pickWith(SubchannelPicker picker) {
        return picker.pickSubchannel(new FakeCall());
    }

    SubchannelPicker picker() {
        if (picker == null) {
            throw new AssertionError("nothing was published");
        }
        return picker;
    }

    @Override
    public Subchannel createSubchannel(CreateSubchannelArgs args) {
        FakeSubchannel subchannel = new FakeSubchannel(args.getAddresses());
        subchannels.add(subchannel);
        return subchannel;
    }

    @Override
    public void updateBalancingState(ConnectivityState newState, SubchannelPicker newPicker) {
        state = newState;
        picker = newPicker;
    }

    @Override
    public SynchronizationContext getSynchronizationContext() {
        return context;
    }

    @Override
    public ScheduledExecutorService getScheduledExecutorService() {
        return timer;
    }

    @Override
    public String getAuthority() {
        return "catalog";
    }

    @Override
    public ManagedChannel createOobChannel(EquivalentAddressGroup address, String authority) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }

    /** A connection. */
    static final class FakeSubchannel extends Subchannel {

        int requests;
        boolean closed;
        private final List<EquivalentAddressGroup> addresses;
        private @Nullable SubchannelStateListener listener;

        FakeSubchannel(List<EquivalentAddressGroup> addresses) {
            this.addresses = addresses;
        }

        void become(ConnectivityState newState) {
            tell(ConnectivityStateInfo.forNonError(newState));
        }

        void fail(Status status) {
            tell(ConnectivityStateInfo.forTransientFailure(status));
        }

        private void tell(ConnectivityStateInfo info) {
            if (listener == null) {
                throw new AssertionError("not started");
            }
            listener.onSubchannelState(info);
        }

        @Override
        public void start(SubchannelStateListener newListener) {
            listener = newListener;
        }

        @Override
        public void shutdown() {
            closed = true;
        }

        @Override
        public void requestConnection() {
            requests++;
        }

        @Override
        public List<EquivalentAddressGroup> getAllAddresses() {
            return addresses;
        }

        @Override
        public Attributes getAttributes() {
            return Attributes.EMPTY;
        }
    }

    private static final class FakeCall extends PickSubchannelArgs {

        @Override
        public CallOptions getCallOptions() {
            return CallOptions.DEFAULT;
        }

        @Override
        public Metadata getHeaders() {
            return new Metadata();
        }

        @Override
        public MethodDescriptor<?, ?> getMethodDescriptor() {
            return Echo.CALL;
        }
    }
}
