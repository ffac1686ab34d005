//! Which files may be templates, judged by their names and first bytes.

use std::ffi::OsStr;
use std::path::Path;

/// How much a file's name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Likelihood {
    /// The name is a usual one for templates: worth reading.
    Usual,
    /// The name says nothing: worth a look at the content.
    Unknown,
    /// The name belongs to something else.
    Never,
}

/// The usual extensions of templates, in lower case.
const USUAL: [&str; 7] = ["yaml", "yml", "json", "template", "cfn", "cform", "cloudformation"];

/// Extensions of programs, documents, media, archives and machine-written files, in lower case and sorted. They are left
/// out to save the reading; a template among them can be scanned by naming it. Documents and test recordings stand here
/// because they quote templates without being one.
const NEVER: [&str; 159] = [
    "7z", "a", "adoc", "ai", "apk", "avi", "avif", "bash", "bat", "bin", "bmp", "bz2", "c", "cc", "cjs", "class",
    "clj", "cmd", "cpp", "crt", "cs", "csproj", "css", "csv", "cts", "cxx", "d", "dart", "db", "deb", "der", "dll",
    "dmg", "doc", "docx", "drawio", "dylib", "egg", "elm", "eot", "eps", "erl", "ex", "exe", "exs", "flac", "fs",
    "gem", "gif", "go", "gradle", "gz", "h", "hcl", "heic", "hpp", "hs", "htm", "html", "icns", "ico", "ipynb", "iso",
    "jar", "java", "jpeg", "jpg", "js", "jsonl", "jsx", "kt", "kts", "less", "lib", "lock", "log", "lua", "lz4", "m",
    "map", "md", "mdx", "mjs", "mov", "mp3", "mp4", "mpeg", "msi", "mts", "nupkg", "o", "obj", "ogg", "otf", "pack",
    "parquet", "partial", "patch", "pdf", "pem", "phar", "php", "pl", "pm", "png", "po", "ppt", "pptx", "ps1", "psd",
    "py", "pyc", "pyi", "r", "rar", "rb", "rlib", "rmeta", "rpm", "rs", "rst", "s", "sass", "scala", "scss", "sh",
    "snap", "so", "sql", "sqlite", "svelte", "svg", "swift", "swp", "tar", "tcl", "tf", "tfstate", "tfvars", "tgz",
    "tiff", "ts", "tsx", "ttf", "vb", "vue", "wasm", "wav", "webm", "webp", "whl", "woff", "woff2", "xls", "xlsx",
    "xml", "xz", "zip", "zst",
];

/// Folders that hold version control, caches or other people's packages: never entered, unless named.
const FOREIGN_FOLDERS: [&str; 6] = [".git", "node_modules", ".terraform", "venv", ".venv", "__pycache__"];

/// What the name of a file says about it.
pub(super) fn likelihood(path: &Path) -> Likelihood {
    let Some(extension) = path.extension().and_then(OsStr::to_str) else { return Likelihood::Unknown };
    let extension = extension.to_ascii_lowercase();
    if USUAL.contains(&extension.as_str()) {
        Likelihood::Usual
    } else if NEVER.binary_search(&extension.as_str()).is_ok() {
        Likelihood::Never
    } else {
        Likelihood::Unknown
    }
}

/// Whether a file may be a template, as far as its name says.
#[must_use]
pub fn may_be_template(path: &Path) -> bool {
    likelihood(path) != Likelihood::Never
}

/// Whether a folder of that name is left alone.
pub(super) fn is_foreign_folder(name: &OsStr) -> bool {
    name.to_str().is_some_and(|name| FOREIGN_FOLDERS.contains(&name))
}

/// Whether the beginning of a file shows that it is not text. UTF-16 has NUL bytes as well, so it is told by its byte
/// order mark or its pattern first.
pub(super) fn is_binary(head: &[u8]) -> bool {
    head.contains(&0) && super::decode::utf16_order(head).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_so_that_it_can_be_searched() {
        let mut sorted = NEVER.to_vec();
        sorted.sort_unstable();
        assert_eq!(sorted, NEVER);
    }

    #[test]
    fn the_extension_decides_in_any_case() {
        assert_eq!(likelihood(Path::new("a/B.YAML")), Likelihood::Usual);
        assert_eq!(likelihood(Path::new("a.Template")), Likelihood::Usual);
        assert_eq!(likelihood(Path::new("a.PNG")), Likelihood::Never);
        assert_eq!(likelihood(Path::new("a.yaml.j2")), Likelihood::Unknown);
        assert_eq!(likelihood(Path::new("Stack")), Likelihood::Unknown);
    }

    #[test]
    fn text_in_utf16_is_not_taken_for_binary() {
        assert!(is_binary(b"\x7fELF\0\0"));
        assert!(!is_binary(b"Resources:"));
        assert!(!is_binary(b"\xff\xfeR\0e\0s\0"));
        assert!(!is_binary(b"R\0e\0s\0o\0"));
    }
}
