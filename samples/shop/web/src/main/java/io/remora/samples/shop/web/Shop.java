package io.remora.samples.shop.web;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.remora.samples.shop.api.CatalogGrpc.CatalogBlockingStub;
import io.remora.samples.shop.api.GetProductRequest;
import io.remora.samples.shop.api.ListProductsRequest;
import io.remora.samples.shop.api.Product;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;
import tools.jackson.databind.JsonNode;

/** Asks the parts. One that fails fails the whole, and nothing is tried twice. Thread-safe. */
@Component
class Shop {
    /** By which each part tells the name of its pod. */
    private static final Metadata.Key<String> POD = Metadata.Key.of("x-pod", Metadata.ASCII_STRING_MARSHALLER);

    private static final String POD_HEADER = "X-Pod";

    private final CatalogBlockingStub catalog;
    private final RestClient http;
    private final ShopSettings settings;
    private final Traffic traffic;

    Shop(CatalogBlockingStub catalog, RestClient http, ShopSettings settings, Traffic traffic) {
        this.catalog = catalog;
        this.http = http;
        this.settings = settings;
        this.traffic = traffic;
    }

    /** A line of the list. */
    record Item(String id, String name, long priceCents) {
        static Item of(Product product) {
            return new Item(product.getId(), product.getName(), product.getPriceCents());
        }
    }

    /** A product with all that the parts tell of it. */
    record Details(String id, String name, long priceCents, int available, JsonNode reviews) {}

    /** @throws PartFailedException if there is no answer, or a bad one */
    List<Item> products() {
        return catalog(stub -> stub.listProducts(ListProductsRequest.getDefaultInstance())).getProductsList().stream()
                .map(Item::of)
                .toList();
    }

    /**
     * @return empty if there is no such product
     * @throws PartFailedException if a part gives no answer, or a bad one
     */
    Optional<Details> product(String id) {
        Product product;
        try {
            product = catalog(stub ->
                    stub.getProduct(GetProductRequest.newBuilder().setId(id).build()));
        } catch (StatusRuntimeException e) {
            return Optional.empty();
        }
        JsonNode stock = get(Part.STOCK, settings.stockUrl().resolve("/stock/" + product.getId()));
        JsonNode reviews = get(Part.REVIEWS, settings.reviewsUrl().resolve("/reviews/" + product.getId()));
        return Optional.of(new Details(
                product.getId(),
                product.getName(),
                product.getPriceCents(),
                stock.path("available").asInt(),
                reviews));
    }

    /** @throws StatusRuntimeException NOT_FOUND only, which is an answer */
    private <T> T catalog(Function<CatalogBlockingStub, T> call) {
        AtomicReference<Metadata> headers = new AtomicReference<>();
        AtomicReference<Metadata> trailers = new AtomicReference<>();
        long begin = System.nanoTime();
        boolean failed = true;
        try {
            T answer = call.apply(
                    catalog.withInterceptors(MetadataUtils.newCaptureMetadataInterceptor(headers, trailers)));
            failed = false;
            return answer;
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
                failed = false;
                throw e;
            }
            throw new PartFailedException(Part.CATALOG, e.getStatus().toString(), e);
        } finally {
            String pod = pod(headers.get());
            traffic.ended(Part.CATALOG, pod == null ? pod(trailers.get()) : pod, System.nanoTime() - begin, failed);
        }
    }

    private static @Nullable String pod(@Nullable Metadata metadata) {
        return metadata == null ? null : metadata.get(POD);
    }

    /** What a part answers over HTTP. */
    private record Answer(
            @Nullable String pod, int status, @Nullable JsonNode body) {}

    private JsonNode get(Part part, URI uri) {
        long begin = System.nanoTime();
        Answer answer;
        try {
            answer = http.get().uri(uri).exchangeForRequiredValue((request, response) -> {
                String pod = response.getHeaders().getFirst(POD_HEADER);
                int status = response.getStatusCode().value();
                return new Answer(pod, status, status == 200 ? response.bodyTo(JsonNode.class) : null);
            });
        } catch (RestClientException e) {
            traffic.ended(part, null, System.nanoTime() - begin, true);
            throw new PartFailedException(
                    part, String.valueOf(e.getMostSpecificCause().getMessage()), e);
        }
        JsonNode body = answer.body();
        traffic.ended(part, answer.pod(), System.nanoTime() - begin, body == null);
        if (body == null) {
            throw new PartFailedException(part, "status " + answer.status() + " from " + answer.pod());
        }
        return body;
    }
}
