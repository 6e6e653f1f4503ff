/** The sample application {@code samples/caller} as a program that runs in pods: the lab starts it by path. */
@org.jspecify.annotations.NullMarked
package io.remora.lab.caller;
