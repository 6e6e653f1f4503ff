/** What the shop sells: a gRPC server. */
@org.jspecify.annotations.NullMarked
package io.remora.samples.shop.catalog;
