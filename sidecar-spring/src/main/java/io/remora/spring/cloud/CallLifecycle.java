package io.remora.spring.cloud;

import io.remora.balancer.Outcome;
import io.remora.client.FailureOutcome;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.CompletionContext;
import org.springframework.cloud.client.loadbalancer.LoadBalancerLifecycle;
import org.springframework.cloud.client.loadbalancer.Request;
import org.springframework.cloud.client.loadbalancer.Response;
import org.springframework.cloud.client.loadbalancer.ResponseData;
import org.springframework.http.HttpStatusCode;

/** Hears how the calls went that {@link RemoraLoadBalancer} chose instances for. Thread-safe. */
final class CallLifecycle implements LoadBalancerLifecycle<Object, Object, ServiceInstance> {

    @Override
    public void onStart(Request<Object> request) {}

    @Override
    public void onStartRequest(Request<Object> request, Response<ServiceInstance> response) {
        ChosenCall call = call(response);
        if (call != null) {
            call.started();
        }
    }

    @Override
    public void onComplete(CompletionContext<Object, ServiceInstance, Object> completion) {
        ChosenCall call = call(completion.getLoadBalancerResponse());
        if (call == null) {
            return;
        }
        switch (completion.status()) {
            case SUCCESS -> call.completed(outcome(completion.getClientResponse()), true);
            case FAILED -> call.completed(outcome(completion.getThrowable()), false);
            case DISCARD -> call.completed(Outcome.CANCELLED, false);
        }
    }

    private static @Nullable ChosenCall call(@Nullable Response<ServiceInstance> response) {
        return response != null && response.hasServer() && response.getServer() instanceof PodInstance instance
                ? instance.call()
                : null;
    }

    private static Outcome outcome(@Nullable Object response) {
        HttpStatusCode status = response instanceof ResponseData data ? data.getHttpStatus() : null;
        return status == null ? Outcome.SUCCESS : Outcome.ofHttpStatus(status.value());
    }

    private static Outcome outcome(@Nullable Throwable problem) {
        if (problem == null) {
            return Outcome.CANCELLED;
        }
        return FailureOutcome.isConnect(problem)
                ? FailureOutcome.ofConnect(problem)
                : FailureOutcome.ofRequest(problem);
    }
}
