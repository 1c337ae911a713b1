/* Another time of day, for a program that is started with this library preloaded: CLOCK_SECONDS since 1970. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec *now) {
    const char *seconds = getenv("CLOCK_SECONDS");
    if (clock != CLOCK_REALTIME || !seconds) return syscall(SYS_clock_gettime, clock, now);
    *now = (struct timespec){atoll(seconds), 0};
    return 0;
}
