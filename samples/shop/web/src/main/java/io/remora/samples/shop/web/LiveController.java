package io.remora.samples.shop.web;

import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** What the page asks for. */
@RestController
class LiveController {
    private final Live live;
    private final Load load;
    private final StockControl stock;

    LiveController(Live live, Load load, StockControl stock) {
        this.live = live;
        this.load = load;
        this.stock = stock;
    }

    @GetMapping("/api/live")
    ResponseEntity<Live.View> live() {
        return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(live.look());
    }

    /** Makes so many requests a second, 200 at most. */
    @PostMapping("/api/load/{perSecond}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void load(@PathVariable int perSecond) {
        load.rate(perSecond);
        live.told("load of " + load.state().rate() + " requests per second");
    }

    @PostMapping("/api/stock-v2/{behaviour:healthy|errors|reset|hang|slow}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void behave(@PathVariable String behaviour) {
        stock.behave(behaviour);
        live.told("stock-v2 is told: " + behaviour);
    }

    @ExceptionHandler
    ResponseEntity<ShopController.Failure> failed(PartFailedException e) {
        return ResponseEntity.status(HttpStatus.BAD_GATEWAY)
                .body(new ShopController.Failure(e.part().label(), String.valueOf(e.getMessage())));
    }
}
