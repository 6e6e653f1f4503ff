package io.remora.samples.caller;

import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
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
                .build();
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
