/**
 * WebClient, and the HTTP service clients on it: each request goes to a pod of the Service that its host names, which stays
 * the host in everything that is sent and checked.
 */
@NullMarked
package io.remora.spring.webclient;

import org.jspecify.annotations.NullMarked;
