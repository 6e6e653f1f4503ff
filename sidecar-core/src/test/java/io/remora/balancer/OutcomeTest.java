package io.remora.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an answer says about the endpoint that gave it. */
class OutcomeTest {

    @ParameterizedTest
    @CsvSource({
        "101, SUCCESS",
        "200, SUCCESS",
        "304, SUCCESS",
        "404, SUCCESS",
        "429, SUCCESS", // Too Many Requests: Envoy does not count it either
        "499, SUCCESS",
        "500, SERVER_ERROR",
        "501, SUCCESS", // Not Implemented
        "502, SERVER_ERROR",
        "503, SERVER_ERROR",
        "504, SERVER_ERROR",
        "505, SUCCESS", // HTTP Version Not Supported
        "599, SERVER_ERROR",
        "600, SUCCESS"
    })
    void serverErrorsOfHttpAreTheEndpointsButForThoseAboutTheRequest(int status, Outcome outcome) {
        assertThat(Outcome.ofHttpStatus(status)).isEqualTo(outcome);
    }

    @ParameterizedTest
    @CsvSource({
        "0, SUCCESS", // OK
        "1, CANCELLED", // CANCELLED
        "2, SERVER_ERROR", // UNKNOWN: what a server says whose handler threw
        "3, SUCCESS", // INVALID_ARGUMENT
        "4, SERVER_ERROR", // DEADLINE_EXCEEDED
        "5, SUCCESS", // NOT_FOUND
        "6, SUCCESS", // ALREADY_EXISTS
        "7, SUCCESS", // PERMISSION_DENIED
        "8, SUCCESS", // RESOURCE_EXHAUSTED
        "9, SUCCESS", // FAILED_PRECONDITION
        "10, SUCCESS", // ABORTED
        "11, SUCCESS", // OUT_OF_RANGE
        "12, SUCCESS", // UNIMPLEMENTED
        "13, SERVER_ERROR", // INTERNAL
        "14, SERVER_ERROR", // UNAVAILABLE
        "15, SERVER_ERROR", // DATA_LOSS
        "16, SUCCESS", // UNAUTHENTICATED
        "17, SERVER_ERROR",
        "-1, SERVER_ERROR"
    })
    void grpcStatusesAreTheEndpointsFailuresWhereEnvoyTakesThemForSuchA5xx(int code, Outcome outcome) {
        assertThat(Outcome.ofGrpcStatus(code)).isEqualTo(outcome);
    }
}
