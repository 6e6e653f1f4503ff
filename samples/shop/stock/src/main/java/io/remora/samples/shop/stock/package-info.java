/** What the shop has in stock: plain HTTP, and a pod that can be made to misbehave. */
@org.jspecify.annotations.NullMarked
package io.remora.samples.shop.stock;
