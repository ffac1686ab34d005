//! What several test files share.

/// Compares what people see with the snapshot `snapshots/<surface>/<name>.snap`.
macro_rules! snapshot {
    ($surface:literal, $name:expr, $value:expr) => {{
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots").join($surface));
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!($name, $value));
    }};
}

pub(crate) use snapshot;
