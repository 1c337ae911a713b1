/* Runs a program, and lets chosen system calls of it fail, wait, or be its last.
 *
 *   inject [--below FOLDER] [--named TEXT] --calls NAME,NAME… [--from K] [--to M] [--after MS] [--until MS]
 *          [--error NAME | --kill | --delay MS] [--list FILE] -- PROGRAM [ARGUMENT …]
 *
 * Only calls about files below FOLDER count whose path holds TEXT, by their path or by what their descriptor stands for; of
 * these the K-th to the M-th are hit that come between two times after the start. --list writes one line a counted call. Status: that of
 * the program, 128 + the signal that ended it.
 *
 * The kernel asks us about each such call (seccomp, user notification): we see those of libraries, of all threads and
 * those made without the C library, in their order. What we deliberately do not do: end a call halfway (short writes). */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum kind { ANY, DESCRIPTOR, PATH, AT, PATHS, ATS }; /* which arguments name a file */
static const struct call { const char *name; int number; enum kind kind; } CALLS[] = {
#define CALL(name, kind) {#name, SYS_##name, kind},
#ifdef SYS_open /* what newer machines have no longer */
    CALL(open, PATH) CALL(rename, PATHS) CALL(unlink, PATH) CALL(mkdir, PATH) CALL(rmdir, PATH) CALL(stat, PATH)
    CALL(lstat, PATH) CALL(symlink, PATHS) CALL(readlink, PATH) CALL(access, PATH)
#endif
    CALL(openat, AT) CALL(openat2, AT) CALL(renameat, ATS) CALL(renameat2, ATS) CALL(unlinkat, AT) CALL(mkdirat, AT)
    CALL(statx, AT) CALL(newfstatat, AT) CALL(readlinkat, AT) CALL(linkat, ATS) CALL(write, DESCRIPTOR)
    CALL(writev, DESCRIPTOR) CALL(pwrite64, DESCRIPTOR) CALL(read, DESCRIPTOR) CALL(pread64, DESCRIPTOR)
    CALL(fsync, DESCRIPTOR) CALL(fdatasync, DESCRIPTOR) CALL(ftruncate, DESCRIPTOR) CALL(close, DESCRIPTOR)
    CALL(flock, DESCRIPTOR) CALL(fstat, DESCRIPTOR) CALL(getdents64, DESCRIPTOR) CALL(fallocate, DESCRIPTOR)
    CALL(lseek, DESCRIPTOR) CALL(copy_file_range, DESCRIPTOR) CALL(statfs, PATH) CALL(fstatfs, DESCRIPTOR)
};
static const struct { const char *name; int number; } ERRORS[] = {
#define ERROR(name) {#name, name},
    ERROR(ENOSPC) ERROR(EIO) ERROR(EACCES) ERROR(EINTR) ERROR(ENOLCK) ERROR(ENOSYS) ERROR(EDQUOT) ERROR(ESTALE)
    ERROR(EROFS) ERROR(EMFILE) ERROR(EAGAIN) ERROR(EFBIG) ERROR(EOPNOTSUPP) ERROR(EINVAL) ERROR(EXDEV) ERROR(EPERM)
};
#define COUNT(array) (int)(sizeof(array) / sizeof *(array))

static const struct call *chosen[COUNT(CALLS)];
static int choices, error_number, ends, listener;
static long first = 1, last = LONG_MAX, after, until = LONG_MAX, delay, counted;
static char below[PATH_MAX];
static const char *named = "";
static FILE *list;
static pid_t child;
static struct timespec start;

static void complain(const char *what) {
    fprintf(stderr, "inject: %s: %s\n", what, strerror(errno));
    exit(125);
}

static long milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000;
}

static void choose(char *names) {
    for (char *name = strtok(names, ","); name; name = strtok(NULL, ","))
        for (int i = 0; i < COUNT(CALLS); i++)
            if (!strcmp(name, CALLS[i].name)) chosen[choices++] = &CALLS[i];
}

static int number_of(const char *name) {
    for (int i = 0; i < COUNT(ERRORS); i++)
        if (!strcmp(name, ERRORS[i].name)) return ERRORS[i].number;
    errno = EINVAL;
    complain(name);
    return 0;
}

/* Reads the options; where the program's own words begin. */
static char **options(char **word) {
    for (; *word && strcmp(*word, "--"); word += *word && strcmp(*word, "--kill") ? 2 : 1) {
        char *value = word[1] ? word[1] : "";
        if (!strcmp(*word, "--below") && !realpath(value, below)) complain(value);
        if (!strcmp(*word, "--named")) named = value;
        if (!strcmp(*word, "--calls")) choose(strdup(value));
        if (!strcmp(*word, "--from")) first = atol(value);
        if (!strcmp(*word, "--to")) last = atol(value);
        if (!strcmp(*word, "--after")) after = atol(value);
        if (!strcmp(*word, "--until")) until = atol(value);
        if (!strcmp(*word, "--delay")) delay = atol(value);
        if (!strcmp(*word, "--error")) error_number = number_of(value);
        if (!strcmp(*word, "--kill")) ends = 1;
        if (!strcmp(*word, "--list") && !(list = fopen(value, "w"))) complain(value);
    }
    return *word ? word + 1 : word;
}

/* Asks the kernel to ask about the chosen calls; the descriptor on which it does. */
static int install(void) {
    struct sock_filter filter[COUNT(CALLS) * 2 + 2];
    int length = 0;
    filter[length++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    for (int i = 0; i < choices; i++) {
        filter[length++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, chosen[i]->number, 0, 1);
        filter[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF);
    }
    filter[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    struct sock_fprog program = {length, filter};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) complain("no_new_privs");
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
}

/* A descriptor through a socket: sent where it is 0 or more, else received. */
static int pass(int socket, int descriptor) {
    char byte = 0, control[CMSG_SPACE(sizeof(int))] = {0};
    struct iovec text = {&byte, 1};
    struct msghdr message = {.msg_iov = &text, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    if (descriptor >= 0) {
        *head = (struct cmsghdr){.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(int))};
        memcpy(CMSG_DATA(head), &descriptor, sizeof(int));
        return sendmsg(socket, &message, 0);
    }
    if (recvmsg(socket, &message, 0) != 1 || !(head = CMSG_FIRSTHDR(&message))) complain("no filter");
    memcpy(&descriptor, CMSG_DATA(head), sizeof(int));
    return descriptor;
}

static void link_of(pid_t task, const char *what, long number, char *path) {
    char link[64];
    snprintf(link, sizeof link, number < 0 ? "/proc/%d/%s" : "/proc/%d/%s/%ld", task, what, number);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    path[length < 0 ? 0 : length] = 0;
}

/* The path at an address of the task, made absolute from a folder's descriptor. */
static void path_at(pid_t task, int folder, unsigned long long address, char *path) {
    char memory[64], name[PATH_MAX] = "";
    snprintf(memory, sizeof memory, "/proc/%d/mem", task);
    int file = open(memory, O_RDONLY);
    for (size_t length = 0; file >= 0 && length < sizeof name - 1; length++) /* never beyond the end of a page */
        if (pread(file, name + length, 1, address + length) != 1 || !name[length]) break;
    if (file >= 0) close(file);
    if (name[0] == '/') {
        strcpy(path, name);
        return;
    }
    if (folder == AT_FDCWD) link_of(task, "cwd", -1, path);
    else link_of(task, "fd", folder, path);
    if (name[0] && strlen(path) + strlen(name) + 2 < PATH_MAX) strcat(strcat(path, "/"), name);
}

/* The files of a call; the second is empty for most. */
static void files(const struct call *call, const struct seccomp_notif *asked, char *one, char *two) {
    const unsigned long long *argument = (const unsigned long long *)asked->data.args;
    one[0] = two[0] = 0;
    if (call->kind == DESCRIPTOR) link_of(asked->pid, "fd", (int)argument[0], one);
    if (call->kind == PATH || call->kind == PATHS) path_at(asked->pid, AT_FDCWD, argument[0], one);
    if (call->kind == PATHS) path_at(asked->pid, AT_FDCWD, argument[1], two);
    if (call->kind == AT || call->kind == ATS) path_at(asked->pid, (int)argument[0], argument[1], one);
    if (call->kind == ATS) path_at(asked->pid, (int)argument[2], argument[3], two);
}

static int counts(const char *path) {
    size_t length = strlen(below);
    if (!strstr(path, named)) return 0;
    return !length || (!strncmp(path, below, length) && (!path[length] || path[length] == '/'));
}

/* A disk that is full still opens what is there; a folder that was read always closes (Rust's own library relies on it). */
static int can_fail(const struct call *call, const struct seccomp_notif *asked) {
    int opens = call->number == SYS_openat;
    char descriptor[64];
    struct stat about;
    snprintf(descriptor, sizeof descriptor, "/proc/%d/fd/%d", asked->pid, (int)asked->data.args[0]);
    if (call->number == SYS_close && !stat(descriptor, &about) && S_ISDIR(about.st_mode)) return 0;
    return !(opens && (error_number == ENOSPC || error_number == EDQUOT)) || (asked->data.args[2] & O_CREAT);
}

static void answer(const struct seccomp_notif *asked) {
    struct seccomp_notif_resp reply = {.id = asked->id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};
    const struct call *call = NULL;
    char one[PATH_MAX], two[PATH_MAX];
    for (int i = 0; i < choices; i++)
        if (chosen[i]->number == asked->data.nr) call = chosen[i];
    files(call, asked, one, two);
    long now = milliseconds();
    if ((counts(one) || (two[0] && counts(two))) && can_fail(call, asked)) {
        int hit = ++counted >= first && counted <= last && now >= after && now < until;
        if (list) fprintf(list, "%s %s\n", call->name, one);
        if (hit && delay) usleep(delay * 1000);
        if (hit && ends) kill(child, SIGKILL);
        if (hit && error_number) reply.flags = 0, reply.error = -error_number;
    }
    ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &reply);
}

/* Answers until no task is left that could ask. */
static void serve(void) {
    struct pollfd wait = {listener, POLLIN, 0};
    while (poll(&wait, 1, -1) >= 0 && !(wait.revents & POLLHUP)) {
        struct seccomp_notif asked;
        memset(&asked, 0, sizeof asked);
        if (!ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &asked)) answer(&asked);
    }
}

int main(int count, char **words) {
    int sockets[2], status;
    char **program = options(words + (count > 0));
    if (!*program || !choices) return fprintf(stderr, "inject: see the head of scripts/trials_of/inject.c\n"), 125;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets)) complain("socketpair");
    if (!(child = fork())) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (pass(sockets[1], install()) < 0) complain("seccomp");
        execvp(*program, program);
        complain(*program);
    }
    close(sockets[1]);
    listener = pass(sockets[0], -1);
    clock_gettime(CLOCK_MONOTONIC, &start);
    serve();
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
    if (list) fclose(list);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
