package io.remora.grpc;

import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.LoadBalancer.SubchannelPicker;

/** Has the same for every call. Immutable. */
final class FixedPicker extends SubchannelPicker {

    private final PickResult result;

    FixedPicker(PickResult result) {
        this.result = result;
    }

    @Override
    public PickResult pickSubchannel(PickSubchannelArgs args) {
        return result;
    }
}
