/** The shop in a lab: its manifests' pods as processes in network namespaces, and a story that is told with them. */
@org.jspecify.annotations.NullMarked
package io.remora.samples.shop.demo;
