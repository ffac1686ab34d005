//! Walking real folders.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use cfnward::text::SourceName;
use cfnward::walk::{Event, Found, Naming, ReadError, Trouble, Walk, WalkError, read};
use tempfile::TempDir;

/// A temporary folder, its path without links, filled with files.
struct Tree {
    _owner: TempDir,
    path: PathBuf,
}

impl Tree {
    fn new(files: &[&str]) -> Self {
        let owner = TempDir::new().unwrap();
        let path = owner.path().canonicalize().unwrap();
        let tree = Self { _owner: owner, path };
        for file in files {
            tree.write(file, "Resources: {}\n");
        }
        tree
    }

    fn write(&self, file: &str, text: &str) -> PathBuf {
        let path = self.path.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    fn naming(&self) -> Naming {
        Naming::at(&self.path, None).unwrap()
    }

    fn walk(&self, roots: &[&str]) -> Walk {
        Walk::new(roots.iter().map(PathBuf::from).collect(), self.naming())
    }
}

fn events(walk: &Walk) -> (Vec<Found>, Vec<Trouble>) {
    let events = Mutex::new((Vec::new(), Vec::new()));
    walk.run(&|event| {
        let mut events = events.lock().unwrap();
        match event {
            Event::Found(found) => events.0.push(found),
            Event::Trouble(trouble) => events.1.push(trouble),
        }
    })
    .unwrap();
    let (mut found, mut troubles) = events.into_inner().unwrap();
    found.sort_by(|one, other| one.name.cmp(&other.name));
    troubles.sort();
    (found, troubles)
}

fn displays(walk: &Walk) -> Vec<String> {
    let (found, troubles) = events(walk);
    assert_eq!(troubles, []);
    found.into_iter().map(|found| found.name.display).collect()
}

fn name(display: &str, uri: &str) -> SourceName {
    SourceName { display: display.to_owned(), uri: uri.to_owned() }
}

#[test]
fn templates_are_found_by_their_extension_in_any_case() {
    let tree = Tree::new(&["a.yaml", "b/c.YML", "b/d.json", "e.template", "f.cfn", "g.rs", "h.txt", "i"]);
    assert_eq!(displays(&tree.walk(&["."])), ["a.yaml", "b/c.YML", "b/d.json", "e.template", "f.cfn"]);
}

#[test]
fn a_file_with_an_unusual_name_is_found_by_its_content() {
    let tree = Tree::new(&["stack", "stack.yaml.j2", "main.rs", "empty.txt"]);
    tree.write("empty.txt", "");
    tree.write("notes.txt", "nothing of interest");
    tree.write("program", "\u{7f}ELF\0\0Resources");
    fs::write(tree.path.join("wide.txt"), "Resources".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>())
        .unwrap();
    let mut walk = tree.walk(&["."]);
    walk.sniff = Some(|bytes| bytes.starts_with(b"Resources"));
    assert_eq!(displays(&walk), ["stack", "stack.yaml.j2", "wide.txt"]);
    let (found, _) = events(&walk);
    assert_eq!(found.into_iter().next().unwrap().read(1000).unwrap(), b"Resources: {}\n");
}

#[test]
fn ignore_files_are_honoured_outside_repositories() {
    let tree = Tree::new(&["a.yaml", "b.yaml", "c.yaml", "keep/a.yaml", "out/d.yaml"]);
    tree.write(".gitignore", "/a.yaml\nout/\n");
    tree.write(".ignore", "b.yaml\n");
    tree.write(".cfnwardignore", "c.yaml\n");
    assert_eq!(displays(&tree.walk(&["."])), ["keep/a.yaml"]);
    let mut all = tree.walk(&["."]);
    all.ignore_files = false;
    assert_eq!(displays(&all).len(), 5);
}

#[test]
fn ignore_files_of_the_repository_count_below_it_and_those_above_do_not() {
    let tree = Tree::new(&["repo/.git/HEAD", "repo/infra/a.yaml", "repo/infra/b.yaml", "plain/c.yaml"]);
    tree.write(".gitignore", "*\n");
    tree.write("repo/.gitignore", "b.yaml\n");
    assert_eq!(displays(&tree.walk(&["repo/infra"])), ["repo/infra/a.yaml"]);
    let outside = Walk::new(vec![PathBuf::from(".")], Naming::at(&tree.path.join("plain"), None).unwrap());
    assert_eq!(displays(&outside), ["c.yaml"]);
}

#[test]
fn ignore_files_of_the_current_directory_count_for_a_folder_below_it() {
    let tree = Tree::new(&["infra/a.yaml", "infra/b.yaml", "infra/c.yaml"]);
    tree.write(".cfnwardignore", "/infra/a.yaml\n");
    tree.write(".gitignore", "b.yaml\n");
    assert_eq!(displays(&tree.walk(&["infra"])), ["infra/c.yaml"]);
}

#[test]
fn a_folder_that_is_named_is_walked_even_if_it_is_ignored() {
    let tree = Tree::new(&["build/a.yaml", "node_modules/x/b.yaml", ".hidden/c.yaml"]);
    tree.write(".gitignore", "build/\n");
    assert_eq!(displays(&tree.walk(&["."])), [""; 0]);
    assert_eq!(
        displays(&tree.walk(&["build", "node_modules", ".hidden"])),
        [".hidden/c.yaml", "build/a.yaml", "node_modules/x/b.yaml"]
    );
}

#[test]
fn hidden_files_come_back_by_an_ignore_file_or_a_setting() {
    let tree = Tree::new(&["a.yaml", ".github/b.yaml", ".c.yaml", ".git/d.yaml"]);
    assert_eq!(displays(&tree.walk(&["."])), ["a.yaml"]);
    let mut hidden = tree.walk(&["."]);
    hidden.hidden = true;
    assert_eq!(displays(&hidden), [".c.yaml", ".github/b.yaml", "a.yaml"]);
    tree.write(".cfnwardignore", "!.github\n");
    assert_eq!(displays(&tree.walk(&["."])), [".github/b.yaml", "a.yaml"]);
}

#[test]
fn folders_of_packages_and_caches_are_not_entered() {
    let foreign = [".git", "node_modules", ".terraform", "venv", ".venv", "__pycache__"];
    let tree = Tree::new(&["a.yaml"]);
    for folder in foreign {
        tree.write(&format!("deep/{folder}/b.yaml"), "");
    }
    let mut walk = tree.walk(&["."]);
    walk.hidden = true;
    assert_eq!(displays(&walk), ["a.yaml"]);
}

#[test]
fn a_named_file_is_handed_over_whatever_it_is_called() {
    let tree = Tree::new(&["deploy.rb", ".secret/x.yaml"]);
    tree.write(".gitignore", "*\n");
    let (found, _) = events(&tree.walk(&["deploy.rb", "./.secret/x.yaml"]));
    assert_eq!(found.iter().map(|file| file.explicit).collect::<Vec<_>>(), [true, true]);
    assert_eq!(found[0].name.display, ".secret/x.yaml");
    assert_eq!(found[1].size, 14);
}

#[test]
fn excludes_hold_for_what_is_walked_and_on_demand_for_what_is_named() {
    let tree = Tree::new(&["a.yaml", "tests/b.yaml", "tests/keep/c.yaml", "d.json"]);
    let mut walk = tree.walk(&[".", "tests/b.yaml"]);
    walk.exclude = vec!["tests/**".to_owned(), "!tests/keep".to_owned(), "*.json".to_owned()];
    assert_eq!(displays(&walk), ["a.yaml", "tests/b.yaml"]);
    walk.exclude = vec!["tests".to_owned()];
    walk.exclude_named = true;
    assert_eq!(displays(&walk), ["a.yaml", "d.json"]);
    walk.exclude = vec!["a{".to_owned()];
    assert!(matches!(walk.run(&|_| ()), Err(WalkError::Glob(_))));
}

#[test]
fn overlapping_roots_give_each_file_once_and_named_files_stay_named() {
    let tree = Tree::new(&["a/b/c.yaml", "a/d.yaml"]);
    let absolute = tree.path.join("a").to_str().unwrap().to_owned();
    let (found, _) = events(&tree.walk(&["a", "a/b", "./a/../a/b", &absolute, "a/d.yaml", "a/b/../d.yaml"]));
    let seen: Vec<_> = found.iter().map(|file| (file.name.display.as_str(), file.explicit)).collect();
    assert_eq!(seen, [("a/b/c.yaml", false), ("a/d.yaml", true)]);
}

#[test]
fn roots_that_do_not_exist_stop_the_walk_before_it_begins() {
    let tree = Tree::new(&["a.yaml"]);
    let Err(WalkError::Unreachable(paths)) = tree.walk(&["a.yaml", "b.yaml", "c"]).run(&|_| panic!("visited")) else {
        panic!("walked");
    };
    assert_eq!(paths.iter().map(|(path, _)| path.as_str()).collect::<Vec<_>>(), ["b.yaml", "c"]);
}

#[test]
fn names_read_as_typed_and_uris_start_at_the_repository() {
    let tree = Tree::new(&["repo/.git/HEAD", "repo/infra/a.yaml", "repo/b.yaml", "elsewhere/deep/c.yaml"]);
    let infra = Naming::at(&tree.path.join("repo/infra"), None).unwrap();
    assert_eq!(infra.name(Path::new("./a.yaml")).unwrap(), name("a.yaml", "infra/a.yaml"));
    assert_eq!(infra.name(Path::new("../b.yaml")).unwrap(), name("../b.yaml", "b.yaml"));
    assert_eq!(infra.name(Path::new("../infra/a.yaml")).unwrap(), name("a.yaml", "infra/a.yaml"));
    assert_eq!(infra.name(&tree.path.join("repo/infra/a.yaml")).unwrap(), name("a.yaml", "infra/a.yaml"));
    let above = tree.naming();
    assert_eq!(above.name(Path::new("repo/b.yaml")).unwrap(), name("repo/b.yaml", "b.yaml"));
    assert_eq!(above.name(Path::new("elsewhere/deep/c.yaml")).unwrap().uri, "elsewhere/deep/c.yaml");
    let rooted = Naming::at(&tree.path.join("repo"), Some(Path::new(".."))).unwrap();
    assert_eq!(rooted.name(Path::new("b.yaml")).unwrap(), name("b.yaml", "repo/b.yaml"));
}

#[test]
fn a_uri_outside_every_root_is_relative_to_what_was_named() {
    let tree = Tree::new(&["here/a.yaml", "elsewhere/deep/c.yaml"]);
    let naming = Naming::at(&tree.path.join("here"), None).unwrap();
    let walk = Walk::new(vec![PathBuf::from("../elsewhere")], naming.clone());
    assert_eq!(events(&walk).0[0].name, name("../elsewhere/deep/c.yaml", "elsewhere/deep/c.yaml"));
    assert_eq!(naming.name(Path::new("../elsewhere/deep/c.yaml")).unwrap().uri, "c.yaml");
}

#[test]
fn odd_names_are_shown_as_they_are_and_encoded_in_uris() {
    let tree = Tree::new(&["a b#c%d?é.yaml"]);
    assert_eq!(events(&tree.walk(&["."])).0[0].name, name("a b#c%d?é.yaml", "a%20b%23c%25d%3F%C3%A9.yaml"));
}

#[test]
fn files_that_are_gone_too_big_or_folders_are_told_apart() {
    let tree = Tree::new(&["a.yaml"]);
    assert!(matches!(read(&tree.path.join("b.yaml"), 100), Err(ReadError::Vanished)));
    assert!(matches!(read(&tree.path, 100), Err(ReadError::NotRegular("a folder"))));
    assert!(matches!(read(&tree.path.join("a.yaml"), 13), Err(ReadError::TooBig { size: 14, limit: 13 })));
    assert_eq!(read(&tree.path.join("a.yaml"), 14).unwrap().len(), 14);
    let found = events(&tree.walk(&["."])).0.remove(0);
    fs::remove_file(tree.path.join("a.yaml")).unwrap();
    assert!(matches!(found.read(100), Err(ReadError::Vanished)));
}

#[test]
fn a_malformed_line_of_an_ignore_file_is_reported_and_the_others_count() {
    let tree = Tree::new(&["a.yaml", "b.yaml"]);
    tree.write(".cfnwardignore", "a.yaml\n{x\n");
    let (found, troubles) = events(&tree.walk(&["."]));
    assert_eq!(found.len(), 1);
    assert_eq!(troubles.len(), 1);
    assert_eq!((troubles[0].display.as_str(), troubles[0].incomplete), (".cfnwardignore", false));
    assert!(troubles[0].message.starts_with("line 2: "), "{}", troubles[0].message);
}

#[cfg(unix)]
mod unix {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::process::Command;

    use super::*;

    fn pipe(path: &Path) {
        assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    }

    #[test]
    fn links_below_a_root_are_not_followed() {
        let tree = Tree::new(&["in/a.yaml", "out/b.yaml"]);
        symlink(tree.path.join("out"), tree.path.join("in/folder")).unwrap();
        symlink(tree.path.join("out/b.yaml"), tree.path.join("in/file.yaml")).unwrap();
        symlink(tree.path.join("in"), tree.path.join("in/circle")).unwrap();
        symlink("nowhere", tree.path.join("in/broken.yaml")).unwrap();
        assert_eq!(displays(&tree.walk(&["in"])), ["in/a.yaml"]);
    }

    #[test]
    fn a_link_that_is_named_is_followed_and_keeps_its_name() {
        let tree = Tree::new(&["repo/.git/HEAD", "repo/real/a.yaml"]);
        symlink("real", tree.path.join("repo/link")).unwrap();
        symlink("real/a.yaml", tree.path.join("repo/file")).unwrap();
        let naming = Naming::at(&tree.path.join("repo"), None).unwrap();
        let (found, _) = events(&Walk::new(vec!["link".into()], naming.clone()));
        assert_eq!(found[0].name, name("link/a.yaml", "real/a.yaml"));
        let (found, _) = events(&Walk::new(vec!["file".into(), "real".into()], naming));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].name, name("file", "real/a.yaml"));
    }

    #[test]
    fn a_file_replaced_by_a_link_leads_nowhere() {
        let tree = Tree::new(&["a.yaml", "secret"]);
        let found = events(&tree.walk(&["."])).0.remove(0);
        fs::remove_file(&found.path).unwrap();
        symlink(tree.path.join("secret"), &found.path).unwrap();
        assert!(matches!(found.read(100), Err(ReadError::Failed(_))));
    }

    #[test]
    fn pipes_and_devices_are_refused_without_waiting() {
        let tree = Tree::new(&[]);
        pipe(&tree.path.join("pipe.yaml"));
        assert_eq!(displays(&tree.walk(&["."])), [""; 0]);
        let named = events(&tree.walk(&["pipe.yaml"])).0.remove(0);
        assert!(matches!(named.read(100), Err(ReadError::NotRegular("a pipe"))));
        assert!(matches!(read(Path::new("/dev/zero"), 100), Err(ReadError::NotRegular("a device"))));
    }

    #[test]
    fn a_pipe_put_in_the_place_of_a_file_is_refused_without_waiting() {
        let tree = Tree::new(&["a.yaml"]);
        let found = events(&tree.walk(&["."])).0.remove(0);
        fs::remove_file(&found.path).unwrap();
        pipe(&found.path);
        assert!(matches!(found.read(100), Err(ReadError::NotRegular("a pipe"))));
    }

    #[test]
    fn an_ignore_file_that_never_ends_costs_its_folder() {
        let tree = Tree::new(&["a.yaml", "zero/b.yaml", "pipe/c.yaml"]);
        symlink("/dev/zero", tree.path.join("zero/.gitignore")).unwrap();
        pipe(&tree.path.join("pipe/.cfnwardignore"));
        let (found, troubles) = events(&tree.walk(&["."]));
        assert_eq!(found.len(), 1);
        let seen: Vec<_> = troubles.iter().map(|trouble| (trouble.display.as_str(), trouble.incomplete)).collect();
        assert_eq!(seen, [("pipe/.cfnwardignore", true), ("zero/.gitignore", true)]);
    }

    #[test]
    fn an_ignore_file_that_never_ends_above_what_is_named_turns_ignoring_off() {
        let tree = Tree::new(&["a/b/c.yaml", "a/b/d.yaml"]);
        tree.write("a/b/.gitignore", "d.yaml\n");
        pipe(&tree.path.join("a/.gitignore"));
        for root in ["a", "a/b"] {
            let (found, troubles) = events(&tree.walk(&[root]));
            assert_eq!(found.len(), 2);
            assert!(!troubles[0].incomplete);
            assert!(troubles[0].display.ends_with("a/.gitignore"), "{troubles:?}");
        }
    }

    #[test]
    fn bytes_that_are_not_utf8_are_kept_in_the_uri() {
        let tree = Tree::new(&[]);
        fs::write(tree.path.join(OsStr::from_bytes(b"a\xff\nb:\\c.yaml")), "x").unwrap();
        let (found, _) = events(&tree.walk(&["."]));
        assert_eq!(found[0].name, name("a\u{fffd}\nb:\\c.yaml", "a%FF%0Ab%3A%5Cc.yaml"));
    }

    #[test]
    fn what_may_not_be_read_is_reported_and_the_rest_is_found() {
        let tree = Tree::new(&["a.yaml", "shut/b.yaml", "c.yaml"]);
        let closed = fs::Permissions::from_mode(0o000);
        fs::set_permissions(tree.path.join("shut"), closed.clone()).unwrap();
        fs::set_permissions(tree.path.join("c.yaml"), closed).unwrap();
        let (found, troubles) = events(&tree.walk(&["."]));
        let unreadable = read(&tree.path.join("c.yaml"), 100);
        fs::set_permissions(tree.path.join("shut"), fs::Permissions::from_mode(0o700)).unwrap();
        if unreadable.is_ok() {
            // The superuser may read everything.
            return;
        }
        assert!(matches!(unreadable, Err(ReadError::Denied)));
        assert_eq!(found.len(), 2);
        let shut = Trouble { display: "shut".to_owned(), message: "permission denied".to_owned(), incomplete: true };
        assert_eq!(troubles, [shut]);
    }
}
