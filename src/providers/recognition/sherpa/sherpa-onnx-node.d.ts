/** The part of the package that we use; its own types are comments. */
declare module "sherpa-onnx-node" {
  type Samples = { readonly samples: Float32Array; readonly sampleRate: number };

  class OnlineStream {
    acceptWaveform(samples: Samples): void;
    inputFinished(): void;
  }

  class OnlineRecognizer {
    constructor(config: object);
    createStream(): OnlineStream;
    isReady(stream: OnlineStream): boolean;
    decode(stream: OnlineStream): void;
    isEndpoint(stream: OnlineStream): boolean;
    reset(stream: OnlineStream): void;
    /** Times in seconds: of tokens since `start_time`, which counts since the stream began. */
    getResult(stream: OnlineStream): {
      readonly text: string;
      readonly timestamps: readonly number[];
      readonly start_time: number;
    };
  }

  class OfflineStream {
    acceptWaveform(samples: Samples): void;
  }

  class OfflineRecognizer {
    constructor(config: object);
    createStream(): OfflineStream;
    decode(stream: OfflineStream): void;
    getResult(stream: OfflineStream): { readonly text: string };
  }

  export type { OfflineRecognizer, OfflineStream, OnlineRecognizer, OnlineStream };

  const library: {
    readonly OnlineRecognizer: typeof OnlineRecognizer;
    readonly OfflineRecognizer: typeof OfflineRecognizer;
  };
  export default library;
}
