// libjpeg reports a failure through an error manager that must not return, so by longjmp, which must never cross a Swift
// frame. So every call that can fail sits in one of the functions below, each with a setjmp of its own: they return 1 when
// done, or 0 with a reason in `message` and its class in `failure`.
#ifndef LUCID_CJPEG_H
#define LUCID_CJPEG_H

#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <jpeglib.h>
#include <jerror.h>

enum {
    LUCID_JPEG_DAMAGED = 1,
    LUCID_JPEG_UNSUPPORTED = 2,
    LUCID_JPEG_TOO_LARGE = 3,       // a side beyond what libjpeg takes; width and height say what the file claims
};

// A few bytes can ask for a scan over the whole picture, so a small file of many scans keeps a decoder busy for hours.
// Real progressive files have about ten.
enum { LUCID_JPEG_MAXIMUM_SCANS = 100 };

enum {
    LUCID_JPEG_COMMENT = JPEG_COM,
    LUCID_JPEG_EXIF = JPEG_APP0 + 1,
    LUCID_JPEG_PROFILE = JPEG_APP0 + 2,
};

typedef struct {
    struct jpeg_error_mgr manager;
    jmp_buf escape;
    int failure;
    char message[JMSG_LENGTH_MAX];
} lucid_jpeg_errors;

static inline _Noreturn void lucid_jpeg_leave(j_common_ptr codec, int failure) {
    lucid_jpeg_errors *errors = (lucid_jpeg_errors *)codec->client_data;
    errors->failure = failure;
    longjmp(errors->escape, 1);
}

static inline void lucid_jpeg_fail(j_common_ptr codec) {
    lucid_jpeg_errors *errors = (lucid_jpeg_errors *)codec->client_data;
    (*errors->manager.format_message)(codec, errors->message);
    switch (errors->manager.msg_code) {
    case JERR_ARITH_NOTIMPL: case JERR_BAD_PRECISION: case JERR_CCIR601_NOTIMPL: case JERR_COMPONENT_COUNT:
    case JERR_CONVERSION_NOTIMPL: case JERR_FRACT_SAMPLE_NOTIMPL: case JERR_NOT_COMPILED: case JERR_SOF_UNSUPPORTED:
        lucid_jpeg_leave(codec, LUCID_JPEG_UNSUPPORTED);
    case JERR_IMAGE_TOO_BIG:
        lucid_jpeg_leave(codec, LUCID_JPEG_TOO_LARGE);
    default:
        lucid_jpeg_leave(codec, LUCID_JPEG_DAMAGED);
    }
}

// libjpeg only warns where pixels are missing or invented. Those warnings are failures here; these three cost no pixel.
static inline void lucid_jpeg_warn(j_common_ptr codec, int level) {
    if (level >= 0) return;     // a trace message
    switch (codec->err->msg_code) {
    case JWRN_ADOBE_XFORM: case JWRN_EXTRANEOUS_DATA: case JWRN_JFIF_MAJOR: return;
    default: lucid_jpeg_fail(codec);
    }
}

static inline void lucid_jpeg_print_nothing(j_common_ptr codec) { (void)codec; }

static inline struct jpeg_error_mgr *lucid_jpeg_prepare(lucid_jpeg_errors *errors) {
    struct jpeg_error_mgr *manager = jpeg_std_error(&errors->manager);
    manager->error_exit = lucid_jpeg_fail;
    manager->emit_message = lucid_jpeg_warn;
    manager->output_message = lucid_jpeg_print_nothing;
    return manager;
}

// MARK: - Reading

typedef struct {
    struct jpeg_decompress_struct decoder;
    struct jpeg_progress_mgr progress;
    lucid_jpeg_errors errors;
    uint32_t width, height;     // set by lucid_jpeg_read_header, and when it fails because they are too large
    int channels;               // of the pixels to come: 3 is RGB, 4 is CMYK
    int inverted;               // CMYK is stored as Adobe does: 255 is no ink
} lucid_jpeg_reader;

static inline void lucid_jpeg_count_scans(j_common_ptr codec) {
    if (((j_decompress_ptr)codec)->input_scan_number <= LUCID_JPEG_MAXIMUM_SCANS) return;
    lucid_jpeg_errors *errors = (lucid_jpeg_errors *)codec->client_data;
    snprintf(errors->message, sizeof errors->message, "more than %d scans", LUCID_JPEG_MAXIMUM_SCANS);
    lucid_jpeg_leave(codec, LUCID_JPEG_UNSUPPORTED);
}

// NULL when out of memory.
static inline lucid_jpeg_reader *lucid_jpeg_open(void) {
    return (lucid_jpeg_reader *)calloc(1, sizeof(lucid_jpeg_reader));
}

static inline void lucid_jpeg_close(lucid_jpeg_reader *reader) {
    if (!reader) return;
    jpeg_destroy_decompress(&reader->decoder);  // does nothing to a decoder that was never created
    free(reader);
}

static inline const char *lucid_jpeg_message(const lucid_jpeg_reader *reader) { return reader->errors.message; }

// Reads up to the first scan and allocates nothing of the picture's size. Comments, EXIF data and colour
// profiles are then in decoder.marker_list. The bytes stay the caller's, who keeps them until lucid_jpeg_close.
static inline int lucid_jpeg_read_header(lucid_jpeg_reader *reader, const uint8_t *bytes, size_t count) {
    j_decompress_ptr decoder = &reader->decoder;
    decoder->err = lucid_jpeg_prepare(&reader->errors);
    decoder->client_data = &reader->errors;
    if (setjmp(reader->errors.escape)) {
        reader->width = decoder->image_width;
        reader->height = decoder->image_height;
        return 0;
    }
    jpeg_create_decompress(decoder);
    jpeg_mem_src(decoder, bytes, count);
    jpeg_save_markers(decoder, JPEG_COM, 0xFFFF);
    jpeg_save_markers(decoder, LUCID_JPEG_EXIF, 0xFFFF);
    jpeg_save_markers(decoder, LUCID_JPEG_PROFILE, 0xFFFF);
    jpeg_read_header(decoder, TRUE);
    if (decoder->data_precision != 8) ERREXIT1(decoder, JERR_BAD_PRECISION, decoder->data_precision);
    int cmyk = decoder->jpeg_color_space == JCS_CMYK || decoder->jpeg_color_space == JCS_YCCK;
    decoder->out_color_space = cmyk ? JCS_CMYK : JCS_RGB;
    reader->width = decoder->image_width;
    reader->height = decoder->image_height;
    reader->channels = cmyk ? 4 : 3;
    reader->inverted = decoder->saw_Adobe_marker;
    return 1;
}

// Has the pixels decoded at `eighths` of eight of their size, which sets width and height anew.
static inline int lucid_jpeg_reduce(lucid_jpeg_reader *reader, unsigned int eighths) {
    j_decompress_ptr decoder = &reader->decoder;
    if (setjmp(reader->errors.escape)) return 0;
    decoder->scale_num = eighths;
    decoder->scale_denom = 8;
    jpeg_calc_output_dimensions(decoder);
    reader->width = decoder->output_width;
    reader->height = decoder->output_height;
    return 1;
}

// Fills `pixels`, [height, width, channels] samples of 8 bits, and reads on to the end of the picture.
static inline int lucid_jpeg_read_pixels(lucid_jpeg_reader *reader, uint8_t *pixels) {
    j_decompress_ptr decoder = &reader->decoder;
    if (setjmp(reader->errors.escape)) return 0;
    reader->progress.progress_monitor = lucid_jpeg_count_scans;
    decoder->progress = &reader->progress;
    jpeg_start_decompress(decoder);
    size_t row = (size_t)reader->width * (size_t)reader->channels;
    while (decoder->output_scanline < decoder->output_height) {
        JSAMPROW line = pixels + decoder->output_scanline * row;
        jpeg_read_scanlines(decoder, &line, 1);
    }
    jpeg_finish_decompress(decoder);
    return 1;
}

// MARK: - Writing

typedef struct {
    struct jpeg_compress_struct encoder;
    lucid_jpeg_errors errors;
    unsigned char *bytes;       // valid when the writing succeeded
    unsigned long count;
} lucid_jpeg_writer;

// NULL when out of memory.
static inline lucid_jpeg_writer *lucid_jpeg_create_writer(void) {
    return (lucid_jpeg_writer *)calloc(1, sizeof(lucid_jpeg_writer));
}

static inline void lucid_jpeg_destroy_writer(lucid_jpeg_writer *writer) {
    if (!writer) return;
    free(writer->bytes);
    jpeg_destroy_compress(&writer->encoder);
    free(writer);
}

static inline const char *lucid_jpeg_writer_message(const lucid_jpeg_writer *writer) { return writer->errors.message; }

// Writes a baseline file from RGB pixels, [height, width, 3], with the comment cut into as many markers as it takes.
// `full_chroma` keeps the colour at full resolution instead of half.
static inline int lucid_jpeg_write(lucid_jpeg_writer *writer, const uint8_t *pixels, uint32_t width, uint32_t height,
                                   int quality, int full_chroma, const uint8_t *comment, size_t comment_count) {
    j_compress_ptr encoder = &writer->encoder;
    encoder->err = lucid_jpeg_prepare(&writer->errors);
    encoder->client_data = &writer->errors;
    if (setjmp(writer->errors.escape)) {
        writer->bytes = NULL;   // libjpeg may have freed what this still names; out of memory, a leak is the lesser evil
        return 0;
    }
    jpeg_create_compress(encoder);
    jpeg_mem_dest(encoder, &writer->bytes, &writer->count);
    encoder->image_width = width;
    encoder->image_height = height;
    encoder->input_components = 3;
    encoder->in_color_space = JCS_RGB;
    jpeg_set_defaults(encoder);
    jpeg_set_quality(encoder, quality, TRUE);
    if (full_chroma) encoder->comp_info[0].h_samp_factor = encoder->comp_info[0].v_samp_factor = 1;
    encoder->optimize_coding = TRUE;
    jpeg_start_compress(encoder, TRUE);
    const size_t longest = 65533;   // a marker's length field has 16 bits and counts itself
    for (size_t start = 0; start < comment_count; start += longest) {
        size_t rest = comment_count - start;
        jpeg_write_marker(encoder, JPEG_COM, comment + start, (unsigned int)(rest < longest ? rest : longest));
    }
    size_t row = (size_t)width * 3;
    while (encoder->next_scanline < height) {
        JSAMPROW line = (JSAMPROW)(pixels + encoder->next_scanline * row);
        jpeg_write_scanlines(encoder, &line, 1);
    }
    jpeg_finish_compress(encoder);
    return 1;
}

#endif
