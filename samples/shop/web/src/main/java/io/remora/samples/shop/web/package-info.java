/** The shop's page and REST interface, which calls the other parts. */
@org.jspecify.annotations.NullMarked
package io.remora.samples.shop.web;
