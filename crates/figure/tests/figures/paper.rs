//! Figures for papers: widths, sizes of type, formats, real text with its font, letters, what is left out.

use std::collections::BTreeMap;

use meanfield_figure::{Content, Format, Sheet, draw};

use super::made_up::*;

/// Files of the usual records on a sheet, in some formats.
fn drawn_on(sheet: Sheet, formats: &[Format]) -> Vec<(String, Vec<u8>)> {
    let (records, comparison) = usual(2);
    let content = Content { sheet, formats, ..content(&records, Some(&comparison)) };
    let files = draw(&content).expect("drawn");
    files.into_iter().map(|file| (file.name, file.bytes)).collect()
}

fn column() -> Sheet {
    let mut sheet = Sheet::default();
    sheet.width = 3.4 * 72.0;
    sheet.titled = false;
    sheet
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_column_is_as_wide_as_asked_in_every_format() {
    let files = drawn_on(column(), &Format::ALL);
    assert_eq!(files.len(), 6);
    for (name, bytes) in &files {
        match name.rsplit('.').next().expect("an ending") {
            "svg" => assert!(text(bytes).starts_with("<svg width=\"244.8pt\""), "{name}"),
            "pdf" => assert!(text(bytes).contains("/MediaBox [0 0 244.8 "), "{name}"),
            _ => {
                let image = image::load_from_memory(bytes).expect("a picture");
                assert_eq!(image.width(), 768, "{name}: 3.4 inches with 226 pixels each");
            }
        }
    }
}

#[test]
fn nothing_leaves_a_narrow_page() {
    for font_size in [7.0, 8.5, 12.0] {
        let mut sheet = column();
        sheet.font_size = font_size;
        for (name, bytes) in drawn_on(sheet, &[Format::Svg]) {
            let document = text(&bytes);
            let width: f64 = 10.0 * sheet.width * 8.5 / font_size;
            for part in document.split("<text ").skip(1).filter(|part| !part.contains("rotate")) {
                let number = |key: &str| -> f64 {
                    let value = part.split_once(&format!("{key}=\"")).expect("there").1;
                    value.split('"').next().expect("closed").parse().expect("a number")
                };
                let end = number("x") + number("textLength");
                assert!(number("x") >= 0.0 && end <= width + 40.0, "{name} at {font_size}: {part}");
            }
        }
    }
}

/// The streams of a PDF, as they were before they were compressed.
fn streams(bytes: &[u8]) -> Vec<Vec<u8>> {
    let begins = bytes.windows(8).enumerate().filter(|(_, window)| *window == b"\nstream\n");
    let streams = begins.map(|(i, _)| {
        let rest = &bytes[i + 8..];
        let end = rest.windows(10).position(|window| window == b"\nendstream").expect("closed");
        let decoded = miniz_oxide::inflate::decompress_to_vec_zlib(&rest[..end]);
        decoded.unwrap_or_else(|_| rest[..end].to_vec())
    });
    streams.collect()
}

/// The characters of glyphs, from the lines "<0001> <0052>" of the map in a PDF.
fn characters(map: &str) -> BTreeMap<u16, char> {
    let number = |word: &str| u32::from_str_radix(word.trim_matches(['<', '>']), 16).expect("hexadecimal");
    let pairs = map.lines().filter_map(|line| line.split_once("> <"));
    pairs.filter_map(|(glyph, c)| Some((number(glyph) as u16, char::from_u32(number(c))?))).collect()
}

/// The texts of a page: strings of glyphs of two bytes each, between "[" and "] TJ".
fn words_of_pdf(bytes: &[u8]) -> Vec<String> {
    let streams = streams(bytes);
    let holding = |part: &[u8]| {
        streams.iter().find(|stream| stream.windows(part.len()).any(|window| window == part)).expect("there")
    };
    let characters = characters(&text(holding(b"beginbfchar")));
    let mut words = Vec::new();
    let mut word = None;
    let mut string: Option<Vec<u8>> = None;
    let mut page = holding(b" Tf\n").iter().copied().peekable();
    while let Some(byte) = page.next() {
        match (byte, &mut string) {
            (b')', Some(_)) => {
                let glyphs = string.take().unwrap_or_default();
                let read = glyphs.chunks(2).map(|two| characters[&u16::from_be_bytes([two[0], two[1]])]);
                word.get_or_insert_with(String::new).extend(read);
            }
            (b'\\', Some(string)) => string.push(unescaped(&mut page)),
            (_, Some(string)) => string.push(byte),
            (b'(', None) => string = Some(Vec::new()),
            (b'<', None) => {
                let digits: Vec<u8> = page.by_ref().take_while(|byte| *byte != b'>').collect();
                let glyphs = digits.chunks(4).map(|four| u16::from_str_radix(&text(four), 16).expect("hex"));
                word.get_or_insert_with(String::new).extend(glyphs.map(|glyph| characters[&glyph]));
            }
            (b']', None) => words.extend(word.take()),
            _ => {}
        }
    }
    words
}

/// The byte behind a backslash.
fn unescaped(page: &mut impl Iterator<Item = u8>) -> u8 {
    match page.next().expect("escaped") {
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'b' => 8,
        b'f' => 12,
        digit @ b'0'..=b'7' => {
            let rest = page.take(2).fold(u32::from(digit - b'0'), |value, d| 8 * value + u32::from(d - b'0'));
            rest as u8
        }
        other => other,
    }
}

#[test]
fn a_pdf_embeds_its_font_and_says_which_characters_its_glyphs_are() {
    for (name, bytes) in drawn_on(column(), &[Format::Pdf]) {
        let document = text(&bytes);
        assert!(document.starts_with("%PDF-1.") && document.trim_end().ends_with("%%EOF"), "{name}");
        for part in ["/FontFile2", "/ToUnicode", "/Identity-H", "+DejaVuSans", "/CIDToGIDMap"] {
            assert!(document.contains(part), "{name} lacks {part}");
        }
        assert!(bytes.len() < 200_000, "{name}: {}", bytes.len());
    }
}

#[test]
fn the_words_of_a_pdf_are_those_of_the_svg() {
    let files = drawn_on(column(), &[Format::Svg, Format::Pdf]);
    for pair in files.chunks(2) {
        let document = text(&pair[0].1);
        let words = document.split("<text ").skip(1).filter_map(|part| {
            let (_, rest) = part.split_once('>')?;
            Some(rest.split_once("</text>")?.0.to_owned())
        });
        let mut expected: Vec<String> = words.collect();
        let mut found = words_of_pdf(&pair[1].1);
        expected.sort();
        found.sort();
        assert_eq!(found, expected, "{}", pair[1].0);
    }
}

#[test]
fn without_a_title_there_is_none() {
    let mut untitled = Sheet::default();
    untitled.titled = false;
    let is_titled =
        |sheet| drawn_on(sheet, &[Format::Svg]).iter().any(|(_, b)| text(b).contains("PDE predicts"));
    assert!(is_titled(Sheet::default()) && !is_titled(untitled));
}

#[test]
fn panels_have_letters() {
    for (name, bytes) in drawn_on(Sheet::default(), &[Format::Svg]) {
        let document = text(&bytes);
        assert!(document.contains(">(a)</text>") && document.contains(">(b)</text>"), "{name}");
    }
}
