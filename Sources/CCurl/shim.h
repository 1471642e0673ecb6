// libcurl, opened only when something is downloaded: the program neither links against it nor needs its headers.
//
// Its functions with variable arguments cannot be called from Swift, so each is called here through a pointer of its true
// type. The numbers are part of libcurl's binary interface (its SONAME is 4) and never change.
#ifndef LUCID_CCURL_H
#define LUCID_CCURL_H

#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>

// MARK: - Numbers of curl/curl.h

enum {
    LUCID_CURLOPT_WRITEDATA = 10001,
    LUCID_CURLOPT_URL = 10002,
    LUCID_CURLOPT_ERRORBUFFER = 10010,
    LUCID_CURLOPT_USERAGENT = 10018,
    LUCID_CURLOPT_LOW_SPEED_LIMIT = 19,
    LUCID_CURLOPT_LOW_SPEED_TIME = 20,
    LUCID_CURLOPT_HTTPHEADER = 10023,
    LUCID_CURLOPT_HEADERDATA = 10029,
    LUCID_CURLOPT_NOPROGRESS = 43,
    LUCID_CURLOPT_FOLLOWLOCATION = 52,
    LUCID_CURLOPT_XFERINFODATA = 10057,
    LUCID_CURLOPT_CAINFO = 10065,
    LUCID_CURLOPT_MAXREDIRS = 68,
    LUCID_CURLOPT_CONNECTTIMEOUT = 78,
    LUCID_CURLOPT_NOSIGNAL = 99,
    LUCID_CURLOPT_PROTOCOLS = 181,
    LUCID_CURLOPT_REDIR_PROTOCOLS = 182,
    LUCID_CURLOPT_WRITEFUNCTION = 20011,
    LUCID_CURLOPT_HEADERFUNCTION = 20079,
    LUCID_CURLOPT_XFERINFOFUNCTION = 20219,

    LUCID_CURLPROTO_HTTP = 1,
    LUCID_CURLPROTO_HTTPS = 2,

    LUCID_CURLE_OK = 0,
    LUCID_CURLE_UNSUPPORTED_PROTOCOL = 1,
    LUCID_CURLE_URL_MALFORMAT = 3,
    LUCID_CURLE_PARTIAL_FILE = 18,
    LUCID_CURLE_WRITE_ERROR = 23,
    LUCID_CURLE_OPERATION_TIMEDOUT = 28,
    LUCID_CURLE_ABORTED_BY_CALLBACK = 42,
    LUCID_CURLE_TOO_MANY_REDIRECTS = 47,

    LUCID_CURL_ERROR_SIZE = 256,
    LUCID_CURL_GLOBAL_ALL = 3,
};

// MARK: - The functions

typedef size_t (*lucid_curl_data_function)(char *bytes, size_t size, size_t count, void *context);
typedef int (*lucid_curl_progress_function)(
    void *context, int64_t download_total, int64_t downloaded, int64_t upload_total, int64_t uploaded);

typedef struct {
    int (*global_init)(long flags);
    void *(*easy_init)(void);
    int (*easy_setopt)(void *handle, int option, ...);
    int (*easy_perform)(void *handle);
    void (*easy_cleanup)(void *handle);
    const char *(*easy_strerror)(int code);
    void *(*slist_append)(void *list, const char *text);
    void (*slist_free_all)(void *list);
} lucid_curl;

// Opens the library by name: 1 if it is there with all functions. It stays open.
static inline int lucid_curl_open(lucid_curl *curl, const char *name) {
    void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (!library) return 0;
    curl->global_init = (int (*)(long))dlsym(library, "curl_global_init");
    curl->easy_init = (void *(*)(void))dlsym(library, "curl_easy_init");
    curl->easy_setopt = (int (*)(void *, int, ...))dlsym(library, "curl_easy_setopt");
    curl->easy_perform = (int (*)(void *))dlsym(library, "curl_easy_perform");
    curl->easy_cleanup = (void (*)(void *))dlsym(library, "curl_easy_cleanup");
    curl->easy_strerror = (const char *(*)(int))dlsym(library, "curl_easy_strerror");
    curl->slist_append = (void *(*)(void *, const char *))dlsym(library, "curl_slist_append");
    curl->slist_free_all = (void (*)(void *))dlsym(library, "curl_slist_free_all");
    if (curl->global_init && curl->easy_init && curl->easy_setopt && curl->easy_perform && curl->easy_cleanup &&
        curl->easy_strerror && curl->slist_append && curl->slist_free_all && curl->global_init(LUCID_CURL_GLOBAL_ALL) == 0)
        return 1;
    dlclose(library);
    return 0;
}

static inline int lucid_curl_set_number(const lucid_curl *curl, void *handle, int option, long value) {
    return curl->easy_setopt(handle, option, value);
}

// libcurl copies strings; lists, buffers and contexts it only borrows.
static inline int lucid_curl_set_string(const lucid_curl *curl, void *handle, int option, const char *value) {
    return curl->easy_setopt(handle, option, value);
}

static inline int lucid_curl_set_pointer(const lucid_curl *curl, void *handle, int option, void *value) {
    return curl->easy_setopt(handle, option, value);
}

static inline int lucid_curl_set_data_function(
    const lucid_curl *curl, void *handle, int option, lucid_curl_data_function function) {
    return curl->easy_setopt(handle, option, function);
}

static inline int lucid_curl_set_progress_function(
    const lucid_curl *curl, void *handle, lucid_curl_progress_function function) {
    return curl->easy_setopt(handle, LUCID_CURLOPT_XFERINFOFUNCTION, function);
}

#endif
