// libpng reports a failure by longjmp, which must never cross a Swift frame. So every call that can fail sits in one of
// the functions below, each with a setjmp of its own: they return 1 when done, or 0 with a reason in `message`.
#ifndef LUCID_CPNG_H
#define LUCID_CPNG_H

#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <png.h>

enum { LUCID_PNG_MESSAGE_SIZE = 160 };

static inline void lucid_png_ignore_warning(png_structp png, png_const_charp message) { (void)png; (void)message; }

// libpng only warns of a text that breaks the format's rules. Texts are read only where they are wanted, so that is a failure.
static inline void lucid_png_warn(png_structp png, png_const_charp message) {
    if (strncmp(message, "tEXt", 4) == 0 || strncmp(message, "zTXt", 4) == 0 || strncmp(message, "iTXt", 4) == 0)
        png_error(png, message);
}

// The error pointer of every png_struct made here is its message buffer.
static inline void lucid_png_fail(png_structp png, png_const_charp message) {
    snprintf((char *)png_get_error_ptr(png), LUCID_PNG_MESSAGE_SIZE, "%s", message);
    png_longjmp(png, 1);
}

// MARK: - Reading

typedef struct {
    png_structp png;
    png_infop info;
    const uint8_t *bytes;       // the file, owned by the caller, who keeps it until lucid_png_close
    size_t count, offset;
    uint32_t width, height;     // set by lucid_png_read_header
    int bit_depth;              // of the pixels to come: 8 or 16
    int channels;               // of the pixels to come: 3 or 4
    char message[LUCID_PNG_MESSAGE_SIZE];
} lucid_png_reader;

static inline void lucid_png_read_bytes(png_structp png, png_bytep destination, size_t count) {
    lucid_png_reader *reader = (lucid_png_reader *)png_get_io_ptr(png);
    if (count > reader->count - reader->offset) png_error(png, "the file ends too early");
    memcpy(destination, reader->bytes + reader->offset, count);
    reader->offset += count;
}

static inline void lucid_png_close(lucid_png_reader *reader) {
    if (!reader) return;
    png_destroy_read_struct(&reader->png, &reader->info, NULL);
    free(reader);
}

// NULL when out of memory.
static inline lucid_png_reader *lucid_png_open(const uint8_t *bytes, size_t count) {
    lucid_png_reader *reader = (lucid_png_reader *)calloc(1, sizeof *reader);
    if (!reader) return NULL;
    reader->bytes = bytes;
    reader->count = count;
    reader->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, reader->message, lucid_png_fail, lucid_png_warn);
    if (reader->png) reader->info = png_create_info_struct(reader->png);
    if (!reader->info) { lucid_png_close(reader); return NULL; }
    return reader;
}

static inline const char *lucid_png_message(const lucid_png_reader *reader) { return reader->message; }

// Reads what precedes the pixels, allocates nothing of the picture's size, and asks for RGB or RGBA in host byte order.
static inline int lucid_png_read_header(lucid_png_reader *reader) {
    png_structp png = reader->png;
    png_infop info = reader->info;
    if (setjmp(png_jmpbuf(png))) return 0;
    png_set_read_fn(png, reader, lucid_png_read_bytes);
    // The caller bounds the number of pixels; libpng's own bound of a million a side would only blur the message.
    png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    // Skips gamma, profiles, text, … unread: what is wanted of them is read without libpng, whose versions differ in it.
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    png_read_info(png, info);

    int color = png_get_color_type(png, info), depth = png_get_bit_depth(png, info);
    int transparency = png_get_valid(png, info, PNG_INFO_tRNS) != 0;
    if (color == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(png);
    if (color == PNG_COLOR_TYPE_GRAY && depth < 8) png_set_expand_gray_1_2_4_to_8(png);
    if (transparency) png_set_tRNS_to_alpha(png);
    if (!(color & PNG_COLOR_MASK_COLOR)) png_set_gray_to_rgb(png);
    const uint16_t one = 1;
    if (depth == 16 && *(const uint8_t *)&one == 1) png_set_swap(png);

    reader->width = png_get_image_width(png, info);
    reader->height = png_get_image_height(png, info);
    reader->bit_depth = depth == 16 ? 16 : 8;
    reader->channels = transparency || (color & PNG_COLOR_MASK_ALPHA) ? 4 : 3;
    return 1;
}

// Fills `pixels`, [height, width, channels] samples of bit_depth bits, and reads on to the end of the file.
static inline int lucid_png_read_pixels(lucid_png_reader *reader, void *pixels) {
    png_structp png = reader->png;
    if (setjmp(png_jmpbuf(png))) return 0;
    int passes = png_set_interlace_handling(png);
    png_read_update_info(png, reader->info);
    size_t row = (size_t)reader->width * (size_t)reader->channels * (size_t)(reader->bit_depth / 8);
    if (png_get_rowbytes(png, reader->info) != row) png_error(png, "an unexpected layout of samples");
    for (int pass = 0; pass < passes; pass++)
        for (uint32_t y = 0; y < reader->height; y++)
            png_read_row(png, (uint8_t *)pixels + y * row, NULL);
    png_read_end(png, NULL);
    return 1;
}

// The longest text that is inflated, unless the file itself is longer: about the bound that libpng has on its own.
enum { LUCID_PNG_LONGEST_TEXT = 8 << 20 };

static inline int lucid_png_skip_chunk(png_structp png, png_unknown_chunkp chunk) { (void)png; (void)chunk; return 1; }

// Reads the texts of the whole file, for lucid_png_texts. The pixels are not decoded, but every checksum must be right.
static inline int lucid_png_read_texts(lucid_png_reader *reader) {
    png_structp png = reader->png;
    if (setjmp(png_jmpbuf(png))) return 0;
    png_set_read_fn(png, reader, lucid_png_read_bytes);
    png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_set_chunk_malloc_max(png, reader->count > LUCID_PNG_LONGEST_TEXT ? reader->count : LUCID_PNG_LONGEST_TEXT);
    png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_AS_DEFAULT, (png_const_bytep)"tEXt\0zTXt\0iTXt", 3);
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_ALWAYS, (png_const_bytep)"IDAT", 1);
    png_set_read_user_chunk_fn(png, NULL, lucid_png_skip_chunk);    // the pixels come here as an unknown chunk
    png_read_info(png, reader->info);
    png_read_end(png, reader->info);
    return 1;
}

// The texts in the order of the file, and their number. They go with the reader.
static inline const png_text *lucid_png_texts(const lucid_png_reader *reader, int *count) {
    png_text *texts = NULL;
    png_get_text(reader->png, reader->info, &texts, count);
    return texts;
}

// MARK: - Writing

typedef struct {
    uint8_t *bytes;             // from malloc: the caller frees it, whether or not the writing succeeded
    size_t count, capacity;
    char message[LUCID_PNG_MESSAGE_SIZE];
} lucid_png_output;

static inline const char *lucid_png_output_message(const lucid_png_output *output) { return output->message; }

static inline void lucid_png_write_bytes(png_structp png, png_bytep source, size_t count) {
    lucid_png_output *output = (lucid_png_output *)png_get_io_ptr(png);
    if (count > output->capacity - output->count) {
        size_t capacity = 2 * output->capacity + count + 4096;
        uint8_t *bytes = (uint8_t *)realloc(output->bytes, capacity);
        if (!bytes) png_error(png, "out of memory");
        output->bytes = bytes;
        output->capacity = capacity;
    }
    memcpy(output->bytes + output->count, source, count);
    output->count += count;
}

static inline void lucid_png_flush_nothing(png_structp png) { (void)png; }

// Writes grey (1 channel), grey with alpha (2), RGB (3) or RGBA (4), [height, width, channels] samples of 8 or 16 bits in
// host byte order, marked as sRGB, with the given texts before the pixels.
static inline int lucid_png_write(lucid_png_output *output, const void *pixels, uint32_t width, uint32_t height,
                                  int bit_depth, int channels, int compression_level,
                                  const png_text *texts, int text_count) {
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, output->message, lucid_png_fail, lucid_png_ignore_warning);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    if (!info) {
        png_destroy_write_struct(&png, NULL);
        snprintf(output->message, sizeof output->message, "out of memory");
        return 0;
    }
    if (setjmp(png_jmpbuf(png))) {
        png_destroy_write_struct(&png, &info);
        return 0;
    }
    png_set_write_fn(png, output, lucid_png_write_bytes, lucid_png_flush_nothing);
    png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_set_compression_level(png, compression_level);
    static const int colours[] = {PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA, PNG_COLOR_TYPE_RGB, PNG_COLOR_TYPE_RGB_ALPHA};
    png_set_IHDR(png, info, width, height, bit_depth, colours[channels - 1],
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_BASE, PNG_FILTER_TYPE_BASE);
    png_set_sRGB(png, info, PNG_sRGB_INTENT_PERCEPTUAL);
    if (text_count > 0) png_set_text(png, info, texts, text_count);
    png_write_info(png, info);
    const uint16_t one = 1;
    if (bit_depth == 16 && *(const uint8_t *)&one == 1) png_set_swap(png);
    size_t row = (size_t)width * (size_t)channels * (size_t)(bit_depth / 8);
    for (uint32_t y = 0; y < height; y++) png_write_row(png, (const uint8_t *)pixels + y * row);
    png_write_end(png, NULL);
    png_destroy_write_struct(&png, &info);
    return 1;
}

#endif
