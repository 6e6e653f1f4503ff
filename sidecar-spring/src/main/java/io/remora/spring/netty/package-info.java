/** What Reactor Netty's HTTP client does not tell, for its blocking and its reactive users. */
@NullMarked
package io.remora.spring.netty;

import org.jspecify.annotations.NullMarked;
