package io.remora.samples.caller;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** A server of Spring WebFlux on Reactor Netty. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(Sickness.class)
@Import(WebfluxServer.Controller.class)
class WebfluxServer {

    /** Tomcat is there too, for the other server, and would be taken. */
    @Bean
    NettyReactiveWebServerFactory reactorNetty() {
        return new NettyReactiveWebServerFactory();
    }

    @RestController
    static class Controller {
        private final Sickness sickness;

        Controller(Sickness sickness) {
            this.sickness = sickness;
        }

        @GetMapping("/bytes/{bytes}")
        Flux<DataBuffer> send(@PathVariable long bytes) {
            return WebBytes.chunks(bytes);
        }

        @PostMapping("/bytes")
        Mono<String> receive(@RequestBody Flux<DataBuffer> body) {
            return body.map(WebBytes::length).reduce(0L, Long::sum).map(count -> sickness.name() + " " + count);
        }

        @GetMapping("/")
        Mono<ResponseEntity<String>> name() {
            if (sickness.isSick()) {
                return Mono.just(ResponseEntity.internalServerError().body("sick: " + sickness.name()));
            }
            Mono<ResponseEntity<String>> answer = Mono.just(ResponseEntity.ok(sickness.name()));
            return sickness.hangs()
                    ? Mono.<Void>fromRunnable(sickness::waitWhileItHangs)
                            .subscribeOn(Schedulers.boundedElastic())
                            .then(answer)
                    : answer;
        }
    }
}
