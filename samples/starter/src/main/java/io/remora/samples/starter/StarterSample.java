package io.remora.samples.starter;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

/** Asks the Service catalog, and says what it answered. Nothing here knows of Remora. */
@SpringBootApplication
public class StarterSample {

    public static void main(String[] arguments) {
        SpringApplication.run(StarterSample.class, arguments);
    }

    @Bean
    RestClient catalog(RestClient.Builder builder) {
        return builder.baseUrl("http://catalog").build();
    }

    @RestController
    static class Front {

        private final RestClient catalog;

        Front(RestClient catalog) {
            this.catalog = catalog;
        }

        @GetMapping("/")
        String page() {
            return "catalog says: " + catalog.get().uri("/").retrieve().body(String.class);
        }
    }
}
