package io.remora.samples.shop.web;

import io.remora.samples.shop.web.Shop.Details;
import io.remora.samples.shop.web.Shop.Item;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What customers ask for. */
@RestController
@RequestMapping("/api/products")
class ShopController {
    private final Shop shop;

    ShopController(Shop shop) {
        this.shop = shop;
    }

    @GetMapping
    List<Item> products() {
        return shop.products();
    }

    @GetMapping("/{id}")
    ResponseEntity<Details> product(@PathVariable String id) {
        return ResponseEntity.of(shop.product(id));
    }

    /** What is told of a failure. */
    record Failure(String failed, String problem) {}

    @ExceptionHandler
    ResponseEntity<Failure> failed(PartFailedException e) {
        return ResponseEntity.status(HttpStatus.BAD_GATEWAY)
                .body(new Failure(e.part().label(), String.valueOf(e.getMessage())));
    }
}
