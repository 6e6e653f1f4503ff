/** The cluster's API server, real or embedded, and what plays the parts around it: kubelets, the slice controller. */
@NullMarked
package io.remora.lab.api;

import org.jspecify.annotations.NullMarked;
