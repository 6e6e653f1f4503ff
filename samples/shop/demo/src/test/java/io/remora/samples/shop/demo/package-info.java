@org.jspecify.annotations.NullMarked
package io.remora.samples.shop.demo;
