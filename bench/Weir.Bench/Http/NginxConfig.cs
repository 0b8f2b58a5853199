namespace Weir.Bench;

/// <summary>nginx as its users tune it for many requests, with everything it writes in the benchmark's folder.</summary>
internal static class NginxConfig
{
    public static string For(HttpPlace place) => $$"""
        daemon off;
        {{(Environment.IsPrivilegedProcess ? "user root;" : "")}}
        worker_processes 1;
        worker_rlimit_nofile 20000;
        pid {{place.Folder}}/nginx.pid;
        events { worker_connections 19000; }
        http {
          access_log off;
          client_body_temp_path {{place.Folder}}/nginx-body;
          proxy_temp_path {{place.Folder}}/nginx-proxy;
          fastcgi_temp_path {{place.Folder}}/nginx-fastcgi;
          uwsgi_temp_path {{place.Folder}}/nginx-uwsgi;
          scgi_temp_path {{place.Folder}}/nginx-scgi;
          keepalive_requests 1000000000;
          keepalive_timeout 1h;
          sendfile on;
          tcp_nopush on;
          open_file_cache max=16;
          default_type text/plain;
          {{(place.Scheme == "https" ? $"ssl_certificate {place.CertificatePath}; ssl_certificate_key {place.KeyPath};" : "")}}
          server {
            listen 127.0.0.1:{{place.Port}} {{OptionOf(place.Scheme)}};
            root {{place.Folder}};
            location = /plaintext { return 200 "Hello, World!"; }
          }
        }

        """;

    private static string OptionOf(string scheme) => scheme switch
    {
        "https" => "ssl",
        "h2c" => "http2",
        _ => "",
    };
}
