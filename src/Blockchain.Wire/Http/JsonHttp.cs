using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Wire.Hosting;

namespace Blockchain.Wire.Http;

/// <summary>What the typed clients share: one request, its answer, and its errors in two kinds.</summary>
internal sealed class JsonHttp(HttpClient http)
{
    private const int MaxAnswerBytes = 32 << 20;
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan OverallTimeout = TimeSpan.FromSeconds(15);

    public static HttpClient Create(Uri address)
    {
        // No proxy and no redirect: the address is the very process that is meant.
        SocketsHttpHandler sockets = new()
        {
            ConnectTimeout = ConnectTimeout,
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
        };
        return new HttpClient(new RetryHandler(sockets))
        {
            BaseAddress = address,
            Timeout = OverallTimeout,
            MaxResponseContentBufferSize = MaxAnswerBytes,
        };
    }

    public async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, path);
        return Deserialize(await SendAsync(request, cancellationToken), type, path);
    }

    public async Task<IReadOnlyList<Block>> GetBlocksAsync(string path, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, path);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(BlockStream.ContentType));
        byte[] bytes = await SendAsync(request, cancellationToken);
        try
        {
            return BlockStream.Read(bytes);
        }
        catch (FormatFaultException fault)
        {
            throw InvalidAnswer(path, fault.Message);
        }
    }

    public async Task<TAnswer> PostAsync<TBody, TAnswer>(
        string path,
        TBody body,
        JsonTypeInfo<TBody> bodyType,
        JsonTypeInfo<TAnswer> answerType,
        CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = Post(path, body, bodyType);
        return Deserialize(await SendAsync(request, cancellationToken), answerType, path);
    }

    public async Task PostAsync<TBody>(
        string path, TBody body, JsonTypeInfo<TBody> bodyType, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = Post(path, body, bodyType);
        await SendAsync(request, cancellationToken);
    }

    /// <summary>A stream without an end: only its beginning has a limit of time.</summary>
    public async Task<Stream> OpenAsync(string path, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, path);
        HttpResponseMessage response = await WithTimeoutAsync(
            () => http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken),
            cancellationToken);
        if (response.IsSuccessStatusCode)
        {
            // The stream ends with the response, and whoever reads it disposes of it.
            return await response.Content.ReadAsStreamAsync(cancellationToken);
        }

        using (response)
        {
            byte[] body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            throw ToException((int)response.StatusCode, response.ReasonPhrase, body);
        }
    }

    private static HttpRequestMessage Post<TBody>(string path, TBody body, JsonTypeInfo<TBody> type)
    {
        ByteArrayContent content = new(JsonSerializer.SerializeToUtf8Bytes(body, type));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
    }

    private static T Deserialize<T>(byte[] bytes, JsonTypeInfo<T> type, string path)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, type) ?? throw InvalidAnswer(path, "it is null");
        }
        catch (JsonException fault)
        {
            throw InvalidAnswer(path, fault.Message);
        }
    }

    public static ApiException InvalidAnswer(string path, string cause) => new(
        200, ProblemTypes.InvalidAnswer, "the answer is not understood",
        $"the answer to {path} is not understood: {cause}");

    private static ApiException ToException(int status, string? reason, byte[] body)
    {
        ProblemDto? problem = null;
        try
        {
            problem = JsonSerializer.Deserialize(body, WireJson.Default.ProblemDto);
        }
        catch (JsonException)
        {
            // Not every process on a port speaks ProblemDetails; the status says enough.
        }

        return new ApiException(
            status, problem?.Type ?? "about:blank", problem?.Title ?? reason ?? "refused", problem?.Detail);
    }

    private async Task<byte[]> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        await WithTimeoutAsync(
            async () =>
            {
                using HttpResponseMessage response = await http.SendAsync(request, cancellationToken);
                byte[] body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
                return response.IsSuccessStatusCode
                    ? body
                    : throw ToException((int)response.StatusCode, response.ReasonPhrase, body);
            },
            cancellationToken);

    private async Task<T> WithTimeoutAsync<T>(Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            return await ask();
        }
        catch (OperationCanceledException timeout) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException(
                $"{http.BaseAddress} did not answer within {http.Timeout.TotalSeconds:0} s", timeout);
        }
        finally
        {
            await SocketThread.LeaveAsync();
        }
    }
}
