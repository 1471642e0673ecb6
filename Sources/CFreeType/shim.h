// FreeType's macros and nested structures, as a few functions on one typeface in memory. A typeface is not for two threads at once.
#ifndef LUCID_CFREETYPE_H
#define LUCID_CFREETYPE_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_OUTLINE_H

typedef struct {
    FT_Library library;
    FT_Face face;
    uint8_t *file;
} lucid_typeface;

// From the bytes of a TrueType file, which are copied; NULL where FreeType does not read them. Never closed.
static inline lucid_typeface *lucid_typeface_open(const uint8_t *bytes, size_t count) {
    lucid_typeface *typeface = (lucid_typeface *)calloc(1, sizeof *typeface);
    if (!typeface) return NULL;
    typeface->file = (uint8_t *)malloc(count);
    if (typeface->file && FT_Init_FreeType(&typeface->library) == 0) {
        memcpy(typeface->file, bytes, count);
        if (FT_New_Memory_Face(typeface->library, typeface->file, (FT_Long)count, 0, &typeface->face) == 0) return typeface;
        FT_Done_FreeType(typeface->library);
    }
    free(typeface->file);
    free(typeface);
    return NULL;
}

// All in units of the font, of which so many make the size of the letters.
static inline int lucid_typeface_units(const lucid_typeface *typeface) { return typeface->face->units_per_EM; }

// 0, the box, for a character that the typeface lacks.
static inline uint32_t lucid_typeface_glyph(const lucid_typeface *typeface, uint32_t character) {
    return FT_Get_Char_Index(typeface->face, character);
}

static inline long lucid_typeface_advance(const lucid_typeface *typeface, uint32_t glyph) {
    return FT_Load_Glyph(typeface->face, glyph, FT_LOAD_NO_SCALE) == 0 ? typeface->face->glyph->metrics.horiAdvance : 0;
}

static inline long lucid_typeface_kerning(const lucid_typeface *typeface, uint32_t left, uint32_t right) {
    FT_Vector by = {0, 0};
    return FT_Get_Kerning(typeface->face, left, right, FT_KERNING_UNSCALED, &by) == 0 ? by.x : 0;
}

// The coverage of each pixel, 0 to 255, rows from above; it belongs to the typeface, and lasts until the next call.
typedef struct {
    const uint8_t *coverage;
    int width, height, pitch;
    int left, top;      // of the first pixel, counted from the origin to the right and upwards
} lucid_typeface_bitmap;

// Draws a glyph without hints at a place given in 64ths of a pixel, y upwards; turned by a quarter to the left if `upwards`.
static inline int lucid_typeface_draw(
    lucid_typeface *typeface, uint32_t glyph, long size, long x, long y, int upwards, lucid_typeface_bitmap *bitmap) {
    FT_Face face = typeface->face;
    if (FT_Set_Char_Size(face, 0, size, 72, 72) != 0) return 0;
    if (FT_Load_Glyph(face, glyph, FT_LOAD_NO_HINTING | FT_LOAD_NO_BITMAP) != 0) return 0;
    FT_GlyphSlot slot = face->glyph;
    if (upwards) {
        FT_Matrix turn = {0, -0x10000, 0x10000, 0};
        FT_Outline_Transform(&slot->outline, &turn);
    }
    FT_Outline_Translate(&slot->outline, x, y);
    if (FT_Render_Glyph(slot, FT_RENDER_MODE_NORMAL) != 0) return 0;
    bitmap->coverage = slot->bitmap.buffer;
    bitmap->width = (int)slot->bitmap.width;
    bitmap->height = (int)slot->bitmap.rows;
    bitmap->pitch = slot->bitmap.pitch;
    bitmap->left = slot->bitmap_left;
    bitmap->top = slot->bitmap_top;
    return 1;
}

#endif
