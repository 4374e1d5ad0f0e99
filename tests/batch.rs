//! Batches as the office runs them: what is written, what is held back, what happens when they are killed.

#[allow(dead_code)] // tests/cli.rs uses the rest of it
#[path = "support/desk.rs"]
mod desk;
#[allow(dead_code)] // benches use the rest of it
#[path = "support/people.rs"]
mod people;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use desk::{Any, Desk};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Every file below a folder but the program's own, with its digest.
fn tree(folder: &Path) -> Result<BTreeMap<String, String>, Any> {
    fn walk(folder: &Path, prefix: &str, into: &mut BTreeMap<String, String>) -> Result<(), Any> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_dir() {
                if name != ".formwright" {
                    walk(&entry.path(), &format!("{name}/"), into)?;
                }
            } else {
                let digest = Sha256::digest(fs::read(entry.path())?);
                into.insert(name, digest.iter().map(|byte| format!("{byte:02x}")).collect());
            }
        }
        Ok(())
    }
    let mut files = BTreeMap::new();
    walk(folder, "", &mut files)?;
    Ok(files)
}

fn report(desk: &Desk, folder: &str) -> Result<Value, Any> {
    Ok(serde_json::from_slice(&fs::read(desk.path(folder).join("报告.json"))?)?)
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or(-1)
}

fn words(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Runs a batch to its end and expects an exit code.
fn run(desk: &Desk, arguments: &str, want: i32) -> Result<String, Any> {
    let output = desk.run("zh_CN.UTF-8", arguments, b"")?;
    let words = words(&output);
    assert_eq!(code(&output), want, "{arguments}\n{words}");
    Ok(words)
}

fn people_of(desk: &Desk, count: usize) -> Result<Vec<Value>, Any> {
    people::photos(desk.folder.path());
    Ok((0..count).map(people::person).collect())
}

fn put(desk: &Desk, name: &str, people: &[Value]) -> Result<(), Any> {
    let lines: Vec<String> = people.iter().map(Value::to_string).collect();
    desk.put(name, &lines.join("\n"))
}

fn state_of<'r>(report: &'r Value, name: &str) -> &'r str {
    let lines = report["people"].as_array().expect("the report lists people");
    lines.iter().find(|line| line["name"] == name).and_then(|line| line["state"].as_str()).unwrap_or("absent")
}

#[test]
fn everything_is_written_and_a_bad_record_stops_no_other() -> Result<(), Any> {
    let desk = Desk::new()?;
    let mut people = people_of(&desk, 7)?;
    people[2]["id_number"] = json!("990000198503120028");
    people[4]["name"] = json!("");
    people[5]["photo"] = json!("photos/absent.jpg");
    put(&desk, "all.jsonl", &people)?;
    fs::write(desk.path("all.jsonl"), format!("{}\n{{\"name\": \"断\n", fs::read_to_string(desk.path("all.jsonl"))?))?;

    let words = run(&desk, "batch all.jsonl -o out --formats pdf,fillable,docx --mask", 1)?;
    let report = report(&desk, "out")?;
    let states: Vec<&str> = report["people"].as_array().expect("people").iter().filter_map(|line| line["state"].as_str()).collect();
    assert_eq!(states.iter().filter(|state| **state == "done").count(), 4, "{states:?}");
    assert_eq!(states.iter().filter(|state| **state == "held").count(), 4, "{states:?}");
    assert_eq!(report["renders"], 4);
    // Those that are held back are told by where they come from, not by name.
    for told in ["第3行", "第5行", "第6行", "第8行", "身份证号码", "报告"] {
        assert!(words.contains(told), "{told} in {words}");
    }
    assert!(!words.contains(people[2]["name"].as_str().expect("a name")), "{words}");

    let files = tree(&desk.path("out"))?;
    assert_eq!(files.keys().filter(|name| name.starts_with("个人/")).count(), 12, "{files:?}");
    for name in
        ["打印/打印.pdf", "一览表/全部.pdf", "一览表/全部.docx", "一览表/全部.xlsx", "一览表/全部-公示.pdf", "报告.csv", "报告.html"]
    {
        assert!(files.contains_key(name), "{name} in {files:?}");
    }
    // Everybody's own files, and no others, are named in the report.
    let named: Vec<&str> = report["people"]
        .as_array()
        .expect("people")
        .iter()
        .flat_map(|line| line["files"].as_array().into_iter().flatten())
        .filter_map(Value::as_str)
        .collect();
    assert!(named.iter().all(|name| files.contains_key(*name)) && named.len() == 12, "{named:?}");

    // Nothing is done again, and nothing changes.
    run(&desk, "batch all.jsonl -o out --formats pdf,fillable,docx --mask", 1)?;
    assert_eq!(tree(&desk.path("out"))?, files);
    Ok(())
}

#[test]
fn a_mended_record_is_rendered_and_nobody_else_again() -> Result<(), Any> {
    let desk = Desk::new()?;
    let mut people = people_of(&desk, 6)?;
    let right = people[3]["id_number"].clone();
    people[3]["id_number"] = json!("990000198503120028");
    put(&desk, "all.jsonl", &people)?;
    run(&desk, "batch all.jsonl -o out --formats pdf,docx", 1)?;
    assert_eq!(report(&desk, "out")?["renders"], 5);

    people[3]["id_number"] = right;
    // Another person comes before all others: everybody has another number now.
    let mut first = people::person(40);
    first["recommender"] = json!("鹿城区");
    people.insert(0, first);
    put(&desk, "all.jsonl", &people)?;
    run(&desk, "batch all.jsonl -o out --formats pdf,docx", 0)?;
    let again = report(&desk, "out")?;
    assert_eq!(again["renders"], 7);
    assert!(again["people"].as_array().expect("people").iter().all(|line| line["renders"] == 1), "{again}");

    run(&desk, "batch all.jsonl -o fresh --formats pdf,docx", 0)?;
    assert_eq!(tree(&desk.path("out"))?, tree(&desk.path("fresh"))?, "as if it had been so from the beginning");
    Ok(())
}

#[test]
fn killed_at_any_moment_it_goes_on_and_ends_the_same() -> Result<(), Any> {
    let desk = Desk::new()?;
    let people = people_of(&desk, 30)?;
    put(&desk, "all.jsonl", &people)?;
    let arguments = |folder: &str| format!("batch all.jsonl -o {folder} --formats pdf,fillable,docx --volume 8 --threads 2");
    let begun = Instant::now();
    run(&desk, &arguments("whole"), 0)?;
    let whole = begun.elapsed();

    let mut state = 7_u64;
    for round in 0..3 {
        let folder = format!("killed-{round}");
        let mut kills = 0;
        for _ in 0..200 {
            let mut child = desk
                .command("zh_CN.UTF-8", &arguments(&folder))
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()?;
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            // Up to a third of a whole run, early moments more often; the later ones are reached as the work gets less.
            let share = (state >> 33) as f64 / f64::from(1_u32 << 31);
            let wait = whole.mul_f64(share * share / 3.0) + Duration::from_millis(20);
            let deadline = Instant::now() + wait;
            while child.try_wait()?.is_none() && Instant::now() < deadline {
                std::thread::sleep(Duration::from_millis(2));
            }
            if let Some(status) = child.try_wait()? {
                assert_eq!(status.code(), Some(0));
                break;
            }
            child.kill()?;
            child.wait()?;
            kills += 1;
        }
        run(&desk, &arguments(&folder), 0)?;
        println!("killed {kills} times");
        assert!(kills >= 3, "it was killed {kills} times only");
        let report = report(&desk, &folder)?;
        assert_eq!(report["renders"], 30, "after {kills} kills");
        assert!(report["people"].as_array().expect("people").iter().all(|line| line["renders"] == 1));
        assert_eq!(tree(&desk.path(&folder))?, tree(&desk.path("whole"))?, "after {kills} kills");
    }
    Ok(())
}

#[cfg(unix)]
#[test]
fn ctrl_c_finishes_what_is_under_way_and_says_how_to_go_on() -> Result<(), Any> {
    let desk = Desk::new()?;
    let people = people_of(&desk, 40)?;
    put(&desk, "all.jsonl", &people)?;
    let arguments = "batch all.jsonl -o out --formats pdf,docx --progress json --threads 2";
    let child = desk.command("zh_CN.UTF-8", arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    while !desk.path("out/个人").exists() {
        std::thread::sleep(Duration::from_millis(5));
    }
    let interrupted = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status()?;
    assert!(interrupted.success());
    let output = child.wait_with_output()?;
    assert_eq!(code(&output), 130, "{}", words(&output));
    assert!(words(&output).contains("再运行同样的命令"), "{}", words(&output));
    let lines: Vec<Value> = String::from_utf8(output.stdout)?.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    assert!(lines.iter().any(|line| line["stage"] == "rendering" && line["total"] == 40), "{lines:?}");
    assert!(!desk.path("out/报告.json").exists(), "a report of a part would be taken for the whole");

    run(&desk, "batch all.jsonl -o out --formats pdf,docx", 0)?;
    assert_eq!(report(&desk, "out")?["renders"], 40);
    run(&desk, "batch all.jsonl -o fresh --formats pdf,docx", 0)?;
    assert_eq!(tree(&desk.path("out"))?, tree(&desk.path("fresh"))?);
    Ok(())
}

#[test]
fn check_only_writes_the_report_and_nothing_else() -> Result<(), Any> {
    let desk = Desk::new()?;
    let mut people = people_of(&desk, 3)?;
    people[1]["mobile"] = json!("12345");
    put(&desk, "all.jsonl", &people)?;
    run(&desk, "batch all.jsonl -o out --check-only", 1)?;
    let names: Vec<String> = tree(&desk.path("out"))?.into_keys().collect();
    assert_eq!(names, ["核对.csv", "核对.html", "核对.json"]);
    assert!(!desk.path("out/.formwright").exists());
    let report: Value = serde_json::from_slice(&fs::read(desk.path("out/核对.json"))?)?;
    assert_eq!(report["renders"], 0);
    assert_eq!(state_of(&report, people[1]["name"].as_str().expect("a name")), "held");
    Ok(())
}

#[test]
fn drafts_are_printed_with_their_errors() -> Result<(), Any> {
    let desk = Desk::new()?;
    let mut people = people_of(&desk, 2)?;
    people[1]["mobile"] = json!("12345");
    put(&desk, "all.jsonl", &people)?;
    run(&desk, "batch all.jsonl -o out", 1)?;
    assert_eq!(report(&desk, "out")?["renders"], 1);
    run(&desk, "batch all.jsonl -o out --draft", 0)?;
    assert_eq!(report(&desk, "out")?["renders"], 2);
    assert_eq!(fs::read_dir(desk.path("out/个人"))?.count(), 2);
    // Without --draft the second is held back again, and its paper goes.
    run(&desk, "batch all.jsonl -o out", 1)?;
    assert_eq!(fs::read_dir(desk.path("out/个人"))?.count(), 1);
    Ok(())
}

#[test]
fn nobodys_file_is_written_over() -> Result<(), Any> {
    let desk = Desk::new()?;
    let people = people_of(&desk, 2)?;
    put(&desk, "all.jsonl", &people)?;
    fs::create_dir_all(desk.path("out/打印"))?;
    fs::write(desk.path("out/打印/打印.pdf"), "mine")?;
    run(&desk, "batch all.jsonl -o out --formats docx", 0)?;
    assert_eq!(fs::read_to_string(desk.path("out/被替换/打印.pdf"))?, "mine");
    let docx = fs::read_dir(desk.path("out/个人"))?.next().expect("there is one")?.path();
    fs::write(&docx, "filled in by hand")?;
    // The record changes, so its paper is made anew; what the person wrote into the old one is kept.
    let mut changed = people;
    for person in &mut changed {
        person["address"] = json!("别处");
    }
    put(&desk, "all.jsonl", &changed)?;
    run(&desk, "batch all.jsonl -o out --formats docx", 0)?;
    let kept = fs::read_dir(desk.path("out/被替换"))?.filter_map(|entry| fs::read_to_string(entry.ok()?.path()).ok());
    assert!(kept.into_iter().any(|text| text == "filled in by hand"));
    assert!(fs::read(&docx)?.starts_with(b"PK"));
    Ok(())
}

#[test]
fn two_at_a_time_is_refused() -> Result<(), Any> {
    let desk = Desk::new()?;
    let people = people_of(&desk, 40)?;
    put(&desk, "all.jsonl", &people)?;
    let mut first = desk.command("zh_CN.UTF-8", "batch all.jsonl -o out").stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    while !desk.path("out/个人").exists() {
        std::thread::sleep(Duration::from_millis(5));
    }
    let words = run(&desk, "batch all.jsonl -o out", 1)?;
    assert!(words.contains("另一个批处理"), "{words}");
    assert!(first.wait()?.success());
    Ok(())
}

#[test]
fn a_row_that_the_sheet_cannot_hold_is_its_persons_matter() -> Result<(), Any> {
    let desk = Desk::new()?;
    let mut people = people_of(&desk, 3)?;
    people[1]["brief"]["awards"] = json!("技能大赛获奖和获得先进荣誉称号。".repeat(60));
    put(&desk, "all.jsonl", &people)?;
    let words = run(&desk, "batch all.jsonl -o out", 1)?;
    assert!(words.contains("第2行") && words.contains("一览表"), "{words}");
    let first = report(&desk, "out")?;
    assert_eq!(state_of(&first, people[1]["name"].as_str().expect("a name")), "held");
    assert!(tree(&desk.path("out"))?.contains_key("一览表/全部.xlsx"), "the others are on the sheet");
    // A draft of it is printed, and is on no sheet.
    run(&desk, "batch all.jsonl -o out --draft", 0)?;
    assert_eq!(fs::read_dir(desk.path("out/个人"))?.count(), 3);
    assert!(tree(&desk.path("out"))?.contains_key("一览表/全部.pdf"));
    Ok(())
}

#[test]
fn a_unit_is_one_unit_however_its_people_spell_it() -> Result<(), Any> {
    let desk = Desk::new()?;
    let mut people = people_of(&desk, 4)?;
    for (person, unit) in people.iter_mut().zip(["温州市机械行业协会", "机械行业协会", "瑞安", "温州市机械行业协会"])
    {
        person["recommender"] = json!(unit);
    }
    put(&desk, "all.jsonl", &people)?;
    run(&desk, "batch all.jsonl -o out --formats none", 0)?;
    let files = tree(&desk.path("out"))?;
    let letters: Vec<&String> = files.keys().filter(|name| name.ends_with("推荐函.pdf")).collect();
    assert_eq!(letters.len(), 2, "{letters:?}");
    let report = report(&desk, "out")?;
    assert_eq!(report["units"][0]["recommended"], 3, "{}", report["units"]);
    let misspelt =
        report["people"].as_array().and_then(|lines| lines.iter().find(|line| line["unit"] == "瑞安")).expect("a unit of its own");
    assert!(misspelt["problems"].to_string().contains("unit-not-listed"), "{misspelt}");
    Ok(())
}

#[test]
fn a_folder_belongs_to_its_source_and_a_source_to_its_people() -> Result<(), Any> {
    let desk = Desk::new()?;
    let people = people_of(&desk, 2)?;
    put(&desk, "one.jsonl", &people[..1])?;
    put(&desk, "other.jsonl", &people[1..])?;
    run(&desk, "batch one.jsonl -o out", 0)?;
    let before = tree(&desk.path("out"))?;
    let words = run(&desk, "batch other.jsonl -o out", 1)?;
    assert!(words.contains("--replace"), "{words}");
    assert_eq!(tree(&desk.path("out"))?, before);
    let words = run(&desk, "batch other.jsonl -o out --replace", 0)?;
    assert!(words.contains("删去"), "{words}");
    // The source is never written over, nor taken for what was made.
    fs::create_dir(desk.path("here"))?;
    put(&desk, "here/报告.json", &people[..1])?;
    let kept = fs::read(desk.path("here/报告.json"))?;
    for arguments in ["batch here/报告.json -o here", "batch out/个人 -o out", "batch out -o out/none/../x"] {
        run(&desk, arguments, 2)?;
    }
    assert_eq!(fs::read(desk.path("here/报告.json"))?, kept);
    Ok(())
}

#[test]
fn a_damaged_file_is_made_again_and_a_report_with_remarks_is_kept() -> Result<(), Any> {
    let desk = Desk::new()?;
    put(&desk, "all.jsonl", &people_of(&desk, 1)?)?;
    run(&desk, "batch all.jsonl -o out", 0)?;
    let whole = tree(&desk.path("out"))?;
    let print = desk.path("out/打印/打印.pdf");
    let mut bytes = fs::read(&print)?;
    let middle = bytes.len() / 2;
    bytes[middle..middle + 100].fill(0);
    fs::write(&print, &bytes)?;
    fs::write(desk.path("out/报告.html"), "with remarks by hand")?;
    run(&desk, "batch all.jsonl -o out", 0)?;
    let mut after = tree(&desk.path("out"))?;
    let aside: Vec<String> = after.keys().filter(|name| name.starts_with("被替换/")).cloned().collect();
    assert_eq!(aside.len(), 2, "{aside:?}");
    aside.iter().for_each(|name| drop(after.remove(name)));
    assert_eq!(after, whole);
    Ok(())
}

/// Whoever the tests run as, nobody may make a file there.
#[cfg(target_os = "linux")]
#[test]
fn where_nothing_can_be_written_it_is_said() -> Result<(), Any> {
    let desk = Desk::new()?;
    put(&desk, "all.jsonl", &people_of(&desk, 1)?)?;
    let words = run(&desk, "batch all.jsonl -o /proc/1/out", 3)?;
    assert!(words.contains("写不了"), "{words}");
    Ok(())
}

/// A disk of 600 kilobytes, which is full in the middle; then one that has room.
#[cfg(target_os = "linux")]
#[test]
#[ignore = "needs the right to mount a disk: tests/run"]
fn a_full_disk_is_said_and_the_journal_stays_sound() -> Result<(), Any> {
    let desk = Desk::new()?;
    put(&desk, "all.jsonl", &people_of(&desk, 12)?)?;
    fs::create_dir(desk.path("disk"))?;
    let program = env!("CARGO_BIN_EXE_formwright");
    let folder = desk.folder.path().display();
    let script = format!(
        "set -u; cd {folder}; mount -t tmpfs -o size=600k none disk || exit 99
         {program} batch all.jsonl -o disk/out --formats pdf,docx 2>first; echo $? >first.code
         mount -o remount,size=64m disk || exit 98
         {program} batch all.jsonl -o disk/out --formats pdf,docx 2>second; echo $? >second.code
         cp -r disk/out out"
    );
    let status = std::process::Command::new("unshare").args(["-rm", "sh", "-c", &script]).env("LANG", "zh_CN.UTF-8").status()?;
    assert!(status.success(), "{status}: no disk could be mounted");
    let first = fs::read_to_string(desk.path("first"))?;
    assert_eq!(fs::read_to_string(desk.path("first.code"))?.trim(), "3", "{first}");
    assert!(first.contains("磁盘已满"), "{first}");
    assert_eq!(fs::read_to_string(desk.path("second.code"))?.trim(), "0", "{}", fs::read_to_string(desk.path("second"))?);
    assert_eq!(report(&desk, "out")?["renders"], 12);
    run(&desk, "batch all.jsonl -o fresh --formats pdf,docx", 0)?;
    assert_eq!(tree(&desk.path("out"))?, tree(&desk.path("fresh"))?);
    Ok(())
}
