//! `formwright serve`: settings, the address to open, and the service until it is told to stop.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};

use super::args::Arguments;
use super::{Ending, Stop, output, source, usage};
use crate::diag::{Lang, print};
use crate::error::Error;
use crate::service::config::{self, GROUPS, Plan, SETTINGS, Sources};
use crate::service::keys::{Scope, is_id, new_key};
use crate::service::{self, Settings, log};

/// What stands at the end of `formwright serve --help`.
pub const EXAMPLES: &str = "\
每项设置都有三种写法，前者优先 Each setting can be given in three ways, the first named wins:
  --body-limit 32MiB · 环境变量 environment FORMWRIGHT_BODY_LIMIT=32MiB · 设置文件 file body-limit = \"32MiB\"

例 Examples:
  formwright serve                                    只有本机能访问 this machine only: http://127.0.0.1:8080/
  formwright serve --new-key hr-system --scopes render,batch
  formwright serve --listen 0.0.0.0:8443 --host forms.example.org --keys keys --tls-cert cert.pem --tls-key key.pem
  formwright serve --listen 10.0.0.7:8080 --host forms.example.org --trusted-proxy 10.0.0.5 --behind-tls-proxy
  formwright serve --config formwright.toml --check-config

停止 To stop: SIGTERM 或 or Ctrl-C；正在处理的做完再停，再来一次立即停 finishes what is under way, a second one ends at once.
退出码 Exit codes: 0 停下 stopped · 2 设置有误 settings · 3 机器故障 machine failure · 130 立即停下 ended at once
管理员手册 For administrators: docs/service.md";

/// What the service is told on the command line. Its flags come from the table of settings.
#[derive(Debug, Default)]
pub struct Serve {
    flags: BTreeMap<String, Vec<String>>,
    config: Option<PathBuf>,
    check_config: bool,
    new_key: Option<String>,
    scopes: Option<String>,
}

impl Args for Serve {
    fn augment_args(command: Command) -> Command {
        let settings = SETTINGS.iter().filter(|setting| !setting.of_program).map(|setting| {
            let default = if setting.default.is_empty() || setting.value.is_empty() {
                String::new()
            } else {
                format!(" [default: {}]", setting.default)
            };
            let heading = GROUPS.iter().find(|(key, _)| *key == setting.group).map(|(_, heading)| *heading);
            let arg =
                Arg::new(setting.name).long(setting.name).help(format!("{} {}{default}", setting.zh, setting.en)).help_heading(heading);
            match (setting.value, setting.many) {
                ("", _) => arg.action(ArgAction::SetTrue),
                (value, true) => arg.value_name(value).action(ArgAction::Append),
                (value, false) => arg.value_name(value),
            }
        });
        let own = Some("起停 Start");
        let command = command.args(settings);
        command.args([
            Arg::new("config")
                .long("config")
                .value_name("FILE")
                .value_parser(clap::value_parser!(PathBuf))
                .env("FORMWRIGHT_CONFIG")
                .hide_env_values(true)
                .help("设置文件（TOML） File of settings (TOML)")
                .help_heading(own),
            Arg::new("check-config")
                .long("check-config")
                .action(ArgAction::SetTrue)
                .help("只核对设置，说明会怎么做，不启动 Check the settings and say what would be done, without starting")
                .help_heading(own),
            Arg::new("new-key")
                .long("new-key")
                .value_name("NAME")
                .help("生成一把钥匙：钥匙只显示这一次，另给出写进钥匙文件的一行 Make a key: it is shown this once, with its line for the file of keys")
                .help_heading(own),
            Arg::new("scopes")
                .long("scopes")
                .value_name("SCOPES")
                .requires("new-key")
                .help("新钥匙的权限：render（单份）、batch（批处理和网页）、metrics（指标） What the new key may do: render, batch (with the page), metrics [default: render,batch]")
                .help_heading(own),
        ])
    }

    fn augment_args_for_update(command: Command) -> Command {
        Serve::augment_args(command)
    }
}

impl FromArgMatches for Serve {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Serve, clap::Error> {
        let mut serve = Serve::default();
        serve.update_from_arg_matches(matches)?;
        Ok(serve)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        for setting in SETTINGS.iter().filter(|setting| !setting.of_program) {
            let given = if setting.value.is_empty() {
                matches.get_flag(setting.name).then(|| vec!["true".to_owned()])
            } else {
                matches.get_many::<String>(setting.name).map(|values| values.cloned().collect())
            };
            if let Some(values) = given {
                self.flags.insert(setting.name.to_owned(), values);
            }
        }
        self.config = matches.get_one::<PathBuf>("config").cloned();
        self.check_config = matches.get_flag("check-config");
        self.new_key = matches.get_one::<String>("new-key").cloned();
        self.scopes = matches.get_one::<String>("scopes").cloned();
        Ok(())
    }
}

/// Serves until it is told to stop.
pub fn serve(arguments: &Arguments, serve: &Serve) -> Result<Ending, Stop> {
    let lang = arguments.language();
    if let Some(id) = &serve.new_key {
        return key(id, serve.scopes.as_deref(), lang);
    }
    let environment = std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))).collect();
    let sources = Sources { flags: serve.flags.clone(), environment, file: serve.config.clone() };
    let mut plan = match config::plan(&sources) {
        Ok(plan) => plan,
        Err(wrong) => {
            output::print_error(print(&wrong, lang).trim_end());
            return Ok(Ending::Usage);
        }
    };
    if !plan.warnings.is_empty() {
        output::print_error(print(&plan.warnings, lang).trim_end());
    }
    let files = service::prepare();
    let seats = files.map_or(usize::MAX, |files| usize::try_from(files.saturating_sub(128)).unwrap_or(usize::MAX)).max(16);
    plan.settings.connections = plan.settings.connections.min(seats);
    // Who only wants the settings checked gets no folder made.
    if (!serve.check_config || plan.settings.folder.exists())
        && let Err(wrong) = plan.folder_ready()
    {
        output::print_error(print(&wrong, lang).trim_end());
        return Ok(Ending::Usage);
    }
    if serve.check_config {
        source::engine_from(arguments, plan.templates.as_deref(), &plan.fonts)?;
        print_plan(&plan, lang);
        return Ok(Ending::Done);
    }
    // The port comes first: who starts it twice by mistake is told before anything else happens.
    let listener = match service::listen(&plan.settings) {
        Ok(listener) => listener,
        Err(wrong) => {
            output::print_error(print(&wrong, lang).trim_end());
            return Ok(Ending::Usage);
        }
    };
    let engine = source::engine_from(arguments, plan.templates.as_deref(), &plan.fonts)?;
    log::begin(plan.settings.log);
    plan.settings.listen = listener.local_addr().unwrap_or(plan.settings.listen);
    let greeting = greeting(&plan.settings, lang);
    match service::run_until_told(listener, Arc::new(engine), plan.settings, || output::print_line(&greeting)) {
        Ok(service::Ended::Finished) => Ok(Ending::Done),
        Ok(service::Ended::AtOnce) => Ok(Ending::Interrupted),
        Err(Error::Refused(wrong)) => {
            output::print_error(print(&wrong, lang).trim_end());
            Ok(Ending::Usage)
        }
        Err(error) => Err(error.into()),
    }
}

/// Where to open it and where it keeps batches, on standard output: standard error is the log's.
fn greeting(settings: &Settings, lang: Lang) -> String {
    let folder = settings.folder.display();
    let addresses = settings.addresses().join("  ");
    match lang {
        Lang::Zh => format!("formwright 已启动，在浏览器里打开：{addresses}\n批处理存放在：{folder}"),
        Lang::En => format!("formwright is up; open in a browser: {addresses}\nbatches are kept in: {folder}"),
    }
}

fn print_plan(plan: &Plan, lang: Lang) {
    let settings = &plan.settings;
    let say = |zh: &str, en: &str, value: String| {
        output::print_line(&match lang {
            Lang::Zh => format!("{zh}：{value}"),
            Lang::En => format!("{en}: {value}"),
        });
    };
    let word = |zh: &str, en: &str| if lang == Lang::Zh { zh.to_owned() } else { en.to_owned() };
    say("打开", "open", settings.addresses().join("  "));
    say("监听", "listens on", settings.listen.to_string());
    let who = match (&settings.keys, settings.trusted_proxies.is_empty()) {
        (None, true) => word("本机上的任何人", "anybody on this machine"),
        (Some(_), true) => word("有钥匙的", "who has a key"),
        (None, false) => word("可信代理说明的人", "whom the trusted proxy names"),
        (Some(_), false) => word("有钥匙的，或可信代理说明的人", "who has a key, and whom the trusted proxy names"),
    };
    say("谁可以用", "who may ask", who);
    let hidden = match (settings.tls.is_some(), settings.behind_tls_proxy) {
        (true, _) => word("是（TLS）", "yes (TLS)"),
        (false, true) => word("由代理加密", "by the proxy"),
        (false, false) => word("否", "no"),
    };
    say("加密", "encrypted", hidden);
    say("批处理存放在", "batches in", settings.folder.display().to_string());
    let days = settings.keep.as_secs_f64() / 86_400.0;
    say("保留", "kept for", format!("{days:.1} {}", word("天", "days")));
    say("同时处理、排队", "jobs at once, waiting", format!("{}, {}", settings.workers, settings.queue));
    say("连接", "connections", settings.connections.to_string());
    output::print_line(&word("设置无误", "the settings are sound"));
}

/// Makes a key: shown once, and its line for the file.
fn key(id: &str, scopes: Option<&str>, lang: Lang) -> Result<Ending, Stop> {
    if !is_id(id) {
        return Err(usage(
            lang,
            "钥匙的名字应由 1 到 64 个英文字母、数字、- _ . 组成",
            "the name of a key should be 1 to 64 letters, digits, - _ and .",
        ));
    }
    let Some(scopes) = Scope::list(scopes.unwrap_or("render,batch")) else {
        return Err(usage(
            lang,
            "权限只有 render、batch、metrics，用逗号隔开",
            "the scopes are render, batch and metrics, with commas between",
        ));
    };
    let (key, line) = new_key(id, &scopes);
    output::print_line(&match lang {
        Lang::Zh => format!("钥匙（只显示这一次）：\n{key}\n写进钥匙文件的一行：\n{line}"),
        Lang::En => format!("the key (shown this once):\n{key}\nits line for the file of keys:\n{line}"),
    });
    Ok(Ending::Done)
}
