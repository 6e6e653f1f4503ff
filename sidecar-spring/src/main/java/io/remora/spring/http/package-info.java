/**
 * The blocking HTTP clients of Spring Boot, each request balanced where it is made: {@code RestClient}, {@code RestTemplate}
 * and HTTP service clients. A client library is told which pod to dial for a request, and nothing else of it changes: the
 * URI, the {@code Host} header, and the name that TLS asks for and verifies stay the Service's.
 */
@NullMarked
package io.remora.spring.http;

import org.jspecify.annotations.NullMarked;
