/** Spring Boot auto-configuration of Remora's core: one watch of the API server for everything in the application. */
@NullMarked
package io.remora.spring;

import org.jspecify.annotations.NullMarked;
