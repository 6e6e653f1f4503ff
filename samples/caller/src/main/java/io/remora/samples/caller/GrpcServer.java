package io.remora.samples.caller;

import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.nio.charset.StandardCharsets;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** A server of Spring gRPC. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(Sickness.class)
class GrpcServer {

    @Bean
    BindableService echo(Sickness sickness) {
        return () -> ServerServiceDefinition.builder(Echo.SERVICE)
                .addMethod(Echo.CALL, ServerCalls.asyncUnaryCall((request, answers) -> answer(sickness, answers)))
                .addMethod(Echo.BYTES, ServerCalls.asyncBidiStreamingCall(answers -> new Mirror(sickness, answers)))
                .build();
    }

    /** Sends back what comes, and at the end its name and how much it was. */
    private static final class Mirror implements StreamObserver<byte[]> {
        private final Sickness sickness;
        private final StreamObserver<byte[]> answers;
        private long received;

        Mirror(Sickness sickness, StreamObserver<byte[]> answers) {
            this.sickness = sickness;
            this.answers = answers;
        }

        @Override
        public void onNext(byte[] chunk) {
            received += chunk.length;
            answers.onNext(chunk);
        }

        @Override
        public void onError(Throwable problem) {
            answers.onError(problem);
        }

        @Override
        public void onCompleted() {
            answers.onNext((sickness.name() + " " + received).getBytes(StandardCharsets.UTF_8));
            answers.onCompleted();
        }
    }

    private static void answer(Sickness sickness, StreamObserver<String> answers) {
        sickness.waitWhileItHangs();
        if (sickness.isSick()) {
            answers.onError(Status.UNAVAILABLE
                    .withDescription("sick: " + sickness.name())
                    .asRuntimeException());
        } else {
            answers.onNext(sickness.name());
            answers.onCompleted();
        }
    }
}
