package io.remora.samples.shop.catalog;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.remora.samples.shop.api.CatalogGrpc;
import io.remora.samples.shop.api.GetProductRequest;
import io.remora.samples.shop.api.ListProductsRequest;
import io.remora.samples.shop.api.ListProductsResponse;
import io.remora.samples.shop.api.Product;
import java.util.List;

/** The same products in every pod. */
final class CatalogService extends CatalogGrpc.CatalogImplBase {
    private static final List<Product> PRODUCTS = List.of(
            product("kettle", "Kettle", 39_90),
            product("teapot", "Teapot", 24_50),
            product("mug", "Mug", 7_90),
            product("lamp", "Desk lamp", 59_00),
            product("chair", "Chair", 129_00),
            product("clock", "Wall clock", 34_90),
            product("rug", "Rug", 89_00),
            product("vase", "Vase", 19_90));

    private static Product product(String id, String name, long cents) {
        return Product.newBuilder().setId(id).setName(name).setPriceCents(cents).build();
    }

    @Override
    public void listProducts(ListProductsRequest request, StreamObserver<ListProductsResponse> answer) {
        answer.onNext(ListProductsResponse.newBuilder().addAllProducts(PRODUCTS).build());
        answer.onCompleted();
    }

    @Override
    public void getProduct(GetProductRequest request, StreamObserver<Product> answer) {
        PRODUCTS.stream()
                .filter(product -> product.getId().equals(request.getId()))
                .findAny()
                .ifPresentOrElse(
                        product -> {
                            answer.onNext(product);
                            answer.onCompleted();
                        },
                        () -> answer.onError(Status.NOT_FOUND
                                .withDescription("no product " + request.getId())
                                .asRuntimeException()));
    }
}
