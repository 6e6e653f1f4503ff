package io.remora.samples.shop.web;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;

/** The application that customers see. */
@SpringBootApplication
@EnableConfigurationProperties(ShopSettings.class)
public class Web {

    public static void main(String[] arguments) {
        SpringApplication.run(Web.class, arguments);
    }
}
