package io.remora.samples.caller;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** A server of Spring MVC. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(Sickness.class)
@Import(WebServer.Controller.class)
class WebServer {

    @RestController
    static class Controller {
        private final Sickness sickness;

        Controller(Sickness sickness) {
            this.sickness = sickness;
        }

        @GetMapping("/")
        ResponseEntity<String> name() {
            sickness.waitWhileItHangs();
            return sickness.isSick()
                    ? ResponseEntity.internalServerError().body("sick: " + sickness.name())
                    : ResponseEntity.ok(sickness.name());
        }

        @GetMapping("/bytes/{bytes}")
        void send(@PathVariable long bytes, HttpServletResponse response) throws IOException {
            response.setContentLengthLong(bytes);
            for (long left = bytes; left > 0; left -= Bytes.CHUNK) {
                response.getOutputStream().write(Bytes.chunk(left));
            }
        }

        @PostMapping("/bytes")
        String receive(InputStream body) throws IOException {
            return sickness.name() + " " + body.transferTo(OutputStream.nullOutputStream());
        }

        @GetMapping("/status/{code}")
        ResponseEntity<String> status(@PathVariable int code) {
            return ResponseEntity.status(code).body(sickness.name());
        }
    }
}
